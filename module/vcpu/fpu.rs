// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_FPU` and `KVM_SET_FPU`: the x87 and SSE registers.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_get_fpu()` and `kvm_arch_vcpu_ioctl_set_fpu()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c); `struct fxregs_state` in
//! [`arch/x86/include/asm/fpu/types.h`](srctree/arch/x86/include/asm/fpu/types.h).
//!
//! No instruction of the interpreter uses them. It keeps them for userspace.

use kernel::prelude::*;
use zerocopy::FromZeros;
use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout, //
};

use super::State;
use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmFpu, //
};

/// All exceptions masked, 64 bits of precision: what `fninit` loads.
const FCW_RESET: u16 = 0x37f;
/// All exceptions masked.
const MXCSR_RESET: u32 = 0x1f80;

/// The valid bits of MXCSR: exceptions, masks, rounding, DAZ and flush to zero.
pub(crate) const MXCSR_MASK: u32 = 0xffff;

/// The image that `fxsave` writes and `fxrstor` reads, 512 bytes.
#[repr(C, align(16))]
#[derive(Clone, Copy, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub(crate) struct Fpu {
    pub(crate) fcw: u16,
    pub(crate) fsw: u16,
    /// One bit for each register, 1 if the register is not empty.
    pub(crate) ftw: u16,
    pub(crate) fop: u16,
    pub(crate) rip: u64,
    pub(crate) rdp: u64,
    pub(crate) mxcsr: u32,
    pub(crate) mxcsr_mask: u32,
    pub(crate) st: [[u8; 16]; 8],
    pub(crate) xmm: [[u8; 16]; 16],
    pub(super) reserved: [u8; 96],
}

impl Fpu {
    pub(super) fn at_reset() -> Self {
        Fpu {
            fcw: FCW_RESET,
            mxcsr: MXCSR_RESET,
            mxcsr_mask: MXCSR_MASK,
            ..Fpu::new_zeroed()
        }
    }
}

/// Returns the registers. As in KVM, MXCSR is not included, and reads as 0.
///
/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    let fpu = &state.fpu;
    let it = KvmFpu {
        fpr: fpu.st,
        fcw: fpu.fcw,
        fsw: fpu.fsw,
        ftwx: fpu.ftw as u8,
        pad1: 0,
        last_opcode: fpu.fop,
        last_ip: fpu.rip,
        last_dp: fpu.rdp,
        xmm: fpu.xmm,
        mxcsr: 0,
        pad2: 0,
    };
    copy_to_user(arg, &it)?;
    Ok(0)
}

/// Sets the registers. As in KVM, MXCSR keeps its value.
///
/// # Errors
///
/// `EFAULT`. All values are accepted.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let it: KvmFpu = copy_from_user(arg)?;
    state.fpu = Fpu {
        fcw: it.fcw,
        fsw: it.fsw,
        ftw: it.ftwx.into(),
        fop: it.last_opcode,
        rip: it.last_ip,
        rdp: it.last_dp,
        st: it.fpr,
        xmm: it.xmm,
        ..state.fpu
    };
    Ok(0)
}
