// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_XSAVE`, `KVM_GET_XSAVE2` and `KVM_SET_XSAVE`: the registers of [`Fpu`] in the form that
//! `xsave` writes.
//!
//! Counterparts: `kvm_vcpu_ioctl_x86_get_xsave()` and `kvm_vcpu_ioctl_x86_set_xsave()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c); `copy_uabi_to_xstate()` in
//! [`arch/x86/kernel/fpu/xstate.c`](srctree/arch/x86/kernel/fpu/xstate.c).

use kernel::prelude::*;
use zerocopy::FromZeros;
use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout, //
};

use super::{
    fpu::{
        Fpu,
        MXCSR_MASK, //
    },
    State, //
};
use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmXsave, //
};

const XFEATURE_MASK_FP: u64 = 1 << 0;
const XFEATURE_MASK_SSE: u64 = 1 << 1;

/// The layout of a `struct kvm_xsave`. `extended` is for registers that hiboma does not have.
#[repr(C)]
#[derive(Clone, Copy, FromBytes, Immutable, IntoBytes, KnownLayout)]
struct Xsave {
    fpu: Fpu,
    /// Which registers are in the image; the others get their values at reset.
    xstate_bv: u64,
    xcomp_bv: u64,
    reserved: [u64; 6],
    extended: [u8; size_of::<KvmXsave>() - size_of::<Fpu>() - 64],
}

/// # Errors
///
/// `EFAULT`; `ENOMEM`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    let mut it = KBox::new(Xsave::new_zeroed(), GFP_KERNEL_ACCOUNT)?;
    it.fpu = state.fpu;
    it.xstate_bv = XFEATURE_MASK_FP | XFEATURE_MASK_SSE;
    copy_to_user(arg, &*it)?;
    Ok(0)
}

/// # Errors
///
/// `EINVAL` if the image has registers that hiboma does not have, or if reserved bits of the header
/// or of MXCSR are set; `EFAULT`; `ENOMEM`.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let it: KBox<Xsave> = KBox::new(copy_from_user(arg)?, GFP_KERNEL_ACCOUNT)?;
    let has = |feature| it.xstate_bv & feature != 0;
    let (fp, sse) = (has(XFEATURE_MASK_FP), has(XFEATURE_MASK_SSE));
    let is_valid = it.xstate_bv & !(XFEATURE_MASK_FP | XFEATURE_MASK_SSE) == 0
        && it.xcomp_bv == 0
        && it.reserved == [0; 6]
        && (it.fpu.mxcsr & !MXCSR_MASK == 0 || !fp && !sse);
    if !is_valid {
        return Err(EINVAL);
    }
    let reset = Fpu::at_reset();
    let x87 = if fp { &it.fpu } else { &reset };
    state.fpu = Fpu {
        mxcsr: if fp || sse { it.fpu.mxcsr } else { reset.mxcsr },
        mxcsr_mask: MXCSR_MASK,
        xmm: if sse { it.fpu.xmm } else { reset.xmm },
        ..*x87
    };
    Ok(0)
}
