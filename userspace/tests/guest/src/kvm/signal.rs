// SPDX-License-Identifier: MIT OR Apache-2.0

//! A signal that a test can survive.

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
    /// One for the thread that calls this.
    pub fn to_this_thread() -> Self {
        extern "C" fn nothing(_: i32) {}
        // With SA_RESTART, a system call goes on after the signal where the kernel can make it.
        let handler = SigHandler::Handler(nothing);
        let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: The handler may be called at any time.
        unsafe { sigaction(NUMBER, &action) }.expect("sigaction");
        Signal(pthread_self())
    }

    /// Sends it. The thread must not have ended.
    pub fn send(self) {
        pthread_kill(self.0, NUMBER).expect("pthread_kill");
    }

    /// Runs something in this thread with the signal blocked: it stays pending.
    pub fn blocked<T>(self, work: impl FnOnce() -> T) -> T {
        let set = SigSet::from(NUMBER);
        let mut before = SigSet::empty();
        pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&set), Some(&mut before)).expect("block");
        let result = work();
        pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&before), None).expect("unblock");
        result
    }
}
