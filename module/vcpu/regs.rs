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

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    // The order of the instructions' numbers, which is not that of the structure.
    let [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15] =
        state.cpu.regs;
    let (rip, rflags) = (state.cpu.rip, state.cpu.rflags);
    let regs = KvmRegs {
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
    };
    copy_to_user(arg, &regs)?;
    Ok(0)
}

/// This drops a pending exception, as in KVM, unless its delivery has begun.
///
/// # Errors
///
/// `EFAULT`. Any value is taken.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let it: KvmRegs = copy_from_user(arg)?;
    state.cpu.regs = [
        it.rax, it.rcx, it.rdx, it.rbx, it.rsp, it.rbp, it.rsi, it.rdi, it.r8, it.r9, it.r10,
        it.r11, it.r12, it.r13, it.r14, it.r15,
    ];
    state.cpu.rip = it.rip;
    state.cpu.rflags = it.rflags | FIXED;
    if !state.exception_injected {
        state.exception = None;
    }
    Ok(0)
}
