// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Kicker`]: what ends another thread's `KVM_RUN`.

use kvm_ioctls::VcpuFd;
use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::Signal;

/// Ends the `KVM_RUN` of one thread.
pub struct Kicker {
    thread: Pthread,
}

impl Kicker {
    /// One for the thread that calls this and is going to run the vCPU.
    pub fn of_this_thread(_vcpu: &VcpuFd) -> anyhow::Result<Self> {
        // TODO: a kick must neither end the program nor be lost.
        let thread = pthread_self();
        Ok(Kicker { thread })
    }

    /// Ends the thread's `KVM_RUN`, or the next one, if it is in none.
    pub fn kick(&self) -> anyhow::Result<()> {
        pthread_kill(self.thread, Signal::SIGUSR1)?;
        Ok(())
    }

    /// What the thread does before it runs the guest again.
    pub fn forget(&self) {}
}
