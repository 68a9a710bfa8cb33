// SPDX-License-Identifier: GPL-2.0

//! What follows an exit, by its reason.
//!
//! Counterparts: `handle_exit()` of `module/svm/exits.rs`; `svm_exit_handlers` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c). The numbers are in
//! [`arch/x86/include/uapi/asm/svm.h`](srctree/arch/x86/include/uapi/asm/svm.h).

use crate::svm::{
    Next,
    Vcpu, //
};

/// An interrupt of the host, an NMI, an SMI, INIT: the host's own business.
const EXIT_INTR: u64 = 0x60;
const EXIT_INIT: u64 = 0x63;

impl Vcpu {
    /// The guest has exited: is it entered again, or must userspace know?
    ///
    /// `self.regs` has the guest's registers, RAX first, then RCX, RDX and RBX. `self.rip` is where
    /// the instruction is that has exited.
    pub(crate) fn handle_exit(&mut self, exit_code: u64) -> Next {
        match exit_code {
            // The host has had its interrupt already.
            EXIT_INTR..=EXIT_INIT => Next::ReenterGuest,
            // TODO: `cpuid`.
            _ => Next::ExitUserspace,
        }
    }
}
