// SPDX-License-Identifier: GPL-2.0

//! The ioctls of a vCPU that exist only on x86.
//!
//! Counterpart: `kvm_arch_vcpu_ioctl()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::{
    debugregs,
    enable_cap,
    events,
    interrupt,
    msrs,
    nmi,
    tsc_khz,
    xcrs,
    xsave,
    State, //
};
use crate::uapi::kvm::*;

pub(super) fn ioctl(state: &mut State, cmd: u32, arg: usize) -> Result<isize> {
    match cmd {
        KVM_INTERRUPT => interrupt::ioctl(state, arg),
        KVM_NMI => nmi::ioctl(state),
        KVM_GET_VCPU_EVENTS => events::get(state, arg),
        KVM_SET_VCPU_EVENTS => events::set(state, arg),
        KVM_GET_DEBUGREGS => debugregs::get(state, arg),
        KVM_SET_DEBUGREGS => debugregs::set(state, arg),
        KVM_ENABLE_CAP => enable_cap::ioctl(arg),
        KVM_GET_TSC_KHZ => tsc_khz::get(state),
        KVM_SET_TSC_KHZ => tsc_khz::set(state, arg),
        KVM_GET_XSAVE | KVM_GET_XSAVE2 => xsave::get(state, arg),
        KVM_SET_XSAVE => xsave::set(state, arg),
        KVM_GET_XCRS => xcrs::get(arg),
        KVM_SET_XCRS => xcrs::set(arg),
        KVM_GET_MSRS => msrs::get(state, arg),
        KVM_SET_MSRS => msrs::set(state, arg),
        KVM_SET_CPUID2 => state.io.cpuid.set(arg, state.has_run),
        KVM_GET_CPUID2 => state.io.cpuid.get(arg),

        // Unlike the VM, which returns `ENOTTY`.
        _ => Err(EINVAL),
    }
}
