// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Kicker`]: ends another thread's `KVM_RUN`.

use kvm_ioctls::VcpuFd;
use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::Signal;

/// Ends the `KVM_RUN` of one thread.
pub struct Kicker {
    thread: Pthread,
}

impl Kicker {
    /// Returns a kicker for the calling thread, which will run the vCPU.
    pub fn of_this_thread(_vcpu: &VcpuFd) -> anyhow::Result<Self> {
        // TODO: a kick must neither end the program nor be lost.
        let thread = pthread_self();
        Ok(Kicker { thread })
    }

    /// Ends the thread's `KVM_RUN`, or its next one if none is running.
    pub fn kick(&self) -> anyhow::Result<()> {
        pthread_kill(self.thread, Signal::SIGUSR1)?;
        Ok(())
    }

    /// Forgets the kick; the thread calls this before it runs the guest again.
    pub fn forget(&self) {}
}
