// SPDX-License-Identifier: MIT OR Apache-2.0

//! A signal that does not kill the test.

use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal as Number, pthread_sigmask,
    sigaction,
};

const NUMBER: Number = Number::SIGUSR1;

/// `SIGUSR1`, to a thread of this process, with a handler that does nothing.
#[derive(Clone, Copy)]
pub struct Signal(Pthread);

impl Signal {
    /// Installs the handler, and returns a signal to the calling thread.
    pub fn to_this_thread() -> Self {
        extern "C" fn nothing(_: i32) {}
        // With SA_RESTART, the kernel restarts a system call after the signal if it can.
        let handler = SigHandler::Handler(nothing);
        let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: The handler does nothing, so it may run at any time.
        unsafe { sigaction(NUMBER, &action) }.expect("sigaction");
        Signal(pthread_self())
    }

    /// Sends the signal. The thread must still exist.
    pub fn send(self) {
        pthread_kill(self.0, NUMBER).expect("pthread_kill");
    }

    /// Runs `work` in this thread with the signal blocked, so that it stays pending.
    pub fn blocked<T>(self, work: impl FnOnce() -> T) -> T {
        let set = SigSet::from(NUMBER);
        let mut before = SigSet::empty();
        pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&set), Some(&mut before)).expect("block");
        let result = work();
        pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&before), None).expect("unblock");
        result
    }
}
