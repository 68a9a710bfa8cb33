// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_REGS` and `KVM_SET_REGS`: the general registers.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_get_regs()` and `kvm_arch_vcpu_ioctl_set_regs()` in
//! [`arch/x86/kvm/regs.c`](srctree/arch/x86/kvm/regs.c).

use kernel::prelude::*;

use super::State;
use crate::{
    emulator::flags::FIXED,
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmRegs, //
};

impl State {
    pub(super) fn get_regs(&self) -> KvmRegs {
        // In the order of the instruction encoding, not of the structure.
        let [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15] =
            self.cpu.regs;
        let (rip, rflags) = (self.cpu.rip, self.get_rflags());
        KvmRegs {
            rax,
            rbx,
            rcx,
            rdx,
            rsi,
            rdi,
            rsp,
            rbp,
            r8,
            r9,
            r10,
            r11,
            r12,
            r13,
            r14,
            r15,
            rip,
            rflags,
        }
    }

    /// Sets the registers. As in KVM, this drops a pending exception unless its delivery has begun.
    pub(super) fn set_regs(&mut self, it: &KvmRegs) {
        self.cpu.regs = [
            it.rax, it.rcx, it.rdx, it.rbx, it.rsp, it.rbp, it.rsi, it.rdi, it.r8, it.r9, it.r10,
            it.r11, it.r12, it.r13, it.r14, it.r15,
        ];
        self.cpu.rip = it.rip;
        self.set_rflags(it.rflags | FIXED);
        if !self.exception_injected {
            self.exception = None;
        }
    }
}

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    copy_to_user(arg, &state.get_regs())?;
    Ok(0)
}

/// # Errors
///
/// `EFAULT`. All values are accepted.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    state.set_regs(&copy_from_user(arg)?);
    Ok(0)
}
