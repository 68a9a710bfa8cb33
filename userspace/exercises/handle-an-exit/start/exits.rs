// SPDX-License-Identifier: GPL-2.0

//! The handlers of exits, by exit code.
//!
//! Counterparts: `handle_exit()` of `module/svm/exits.rs`; `svm_exit_handlers` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c). The numbers are in
//! [`arch/x86/include/uapi/asm/svm.h`](srctree/arch/x86/include/uapi/asm/svm.h).

use crate::svm::{
    Next,
    Vcpu, //
};

/// An interrupt, an NMI, an SMI or INIT: these are for the host.
const EXIT_INTR: u64 = 0x60;
const EXIT_INIT: u64 = 0x63;

impl Vcpu {
    /// Handles an exit, and returns whether to re-enter the guest or to exit to userspace.
    ///
    /// `self.regs` has the guest's registers, RAX first, then RCX, RDX and
    /// RBX. `self.rip` is the address of the instruction that caused the exit.
    pub(crate) fn handle_exit(&mut self, exit_code: u64) -> Next {
        match exit_code {
            // The host has already handled its interrupt.
            EXIT_INTR..=EXIT_INIT => Next::ReenterGuest,
            // TODO: `cpuid`.
            _ => Next::ExitUserspace,
        }
    }
}
