// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Kicker`]: ends another thread's `KVM_RUN`.

use std::ffi::c_int;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::SeqCst;

use kvm_bindings::kvm_run;
use kvm_ioctls::VcpuFd;
use memmap2::{MmapOptions, MmapRaw};
use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// Ends the `KVM_RUN` of one thread.
pub struct Kicker {
    thread: Pthread,
    /// A second mapping of the vCPU's `struct kvm_run`.
    shared: MmapRaw,
}

impl Kicker {
    /// Returns a kicker for the calling thread, which will run the vCPU.
    pub fn of_this_thread(vcpu: &VcpuFd) -> anyhow::Result<Self> {
        extern "C" fn nothing(_: c_int) {}
        let handler = SigHandler::Handler(nothing);
        let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
        // SAFETY: The handler does nothing, so it may run at any time.
        unsafe { sigaction(Signal::SIGUSR1, &action) }?;
        let shared = MmapOptions::new().len(size_of::<kvm_run>()).map_raw(vcpu)?;
        let thread = pthread_self();
        Ok(Kicker { thread, shared })
    }

    /// Ends the thread's `KVM_RUN`, or its next one if none is running.
    pub fn kick(&self) -> anyhow::Result<()> {
        // In this order: if the thread has missed the byte, the signal reaches it in KVM_RUN.
        self.immediate_exit().store(1, SeqCst);
        pthread_kill(self.thread, Signal::SIGUSR1)?;
        Ok(())
    }

    /// Forgets the kick; the thread calls this before it runs the guest again.
    pub fn forget(&self) {
        self.immediate_exit().store(0, SeqCst);
    }

    fn immediate_exit(&self) -> &AtomicU8 {
        let run = self.shared.as_mut_ptr().cast::<kvm_run>();
        // SAFETY: `run` points to the mapping, which lives as long as
        // `self`, and every user of the byte expects concurrent writes.
        unsafe { AtomicU8::from_ptr(&raw mut (*run).immediate_exit) }
    }
}
