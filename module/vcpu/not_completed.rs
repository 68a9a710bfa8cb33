// SPDX-License-Identifier: GPL-2.0

//! Handles an instruction that did not complete.
//!
//! Counterparts: the second half of `x86_emulate_instruction()` and `handle_emulation_failure()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};

use super::{
    bus::Pending,
    run::Next,
    State,
    Vcpu, //
};
use crate::{
    emulator::{
        Exception,
        Stop, //
    },
    uapi::kvm::KVM_EXIT_INTR, //
};

impl State {
    /// `dr6` has the reasons if `stop` is a `#DB`.
    pub(super) fn not_completed(
        &mut self,
        vcpu: &Vcpu,
        stop: Stop<Error>,
        dr6: u64,
    ) -> Result<Next> {
        match stop {
            Stop::Exception(exception) => {
                // The instruction's pending write to a device is lost.
                self.io.mmio.fragments = [None; 2];
                let halted = self.io.pending == Pending::Halt;
                let is_debug = exception == Exception::Debug;
                if is_debug && self.intercept_debug(&vcpu.run, dr6, halted) {
                    return Ok(Next::ExitUserspace);
                }
                self.exception = Some(exception);
                if !halted {
                    return Ok(Next::ReenterGuest);
                }
            }
            Stop::CmpxchgFailed => return Ok(Next::ReenterGuest),
            Stop::Breakpoint => self.exit_breakpoint(&vcpu.run),
            Stop::Unhandleable => {
                vcpu.run
                    .exit_emulation_failure(self.decode_cache.fetch.bytes(), self.exit_info());
                // Userspace may emulate the instruction. If it does not, the guest gets #UD.
                if !vcpu.vm.exit_on_emulation_failure.load(Relaxed) {
                    self.exception = Some(Exception::InvalidOpcode);
                }
            }
            Stop::Shutdown => self.shutdown(&vcpu.run),
            Stop::Error(error) => {
                if error == EINTR {
                    vcpu.run.exit_reason(KVM_EXIT_INTR);
                }
                self.exception_injected = self.exception.is_some();
                return Err(error);
            }
            // Userspace must answer. Then the instruction is executed again.
            Stop::IoNeeded => (),
        }
        Ok(Next::ExitUserspace)
    }
}
