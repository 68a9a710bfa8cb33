// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_DEBUGREGS` and `KVM_SET_DEBUGREGS`: the guest's own debug registers.
//!
//! Counterparts: `kvm_vcpu_ioctl_x86_get_debugregs()` and `kvm_vcpu_ioctl_x86_set_debugregs()` in
//! [`arch/x86/kvm/regs.c`](srctree/arch/x86/kvm/regs.c).

use kernel::prelude::*;

use super::State;
use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmDebugregs, //
};

/// The bits of DR6 that are 1 while no event is recorded.
pub(crate) const DR6_ACTIVE_LOW: u64 = 0xffff_0ff0;
/// A single-step trap.
pub(crate) const DR6_BS: u64 = 1 << 14;
/// The bit of DR7 that is always 1.
const DR7_FIXED_1: u64 = 1 << 10;

/// DR0 to DR3, DR6 and DR7.
pub(crate) struct DebugRegs {
    pub(crate) db: [u64; 4],
    pub(crate) dr6: u64,
    pub(crate) dr7: u64,
}

impl DebugRegs {
    /// Returns the values after reset and after INIT.
    pub(super) const fn at_reset() -> Self {
        DebugRegs {
            db: [0; 4],
            dr6: DR6_ACTIVE_LOW,
            dr7: DR7_FIXED_1,
        }
    }
}

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    let DebugRegs { db, dr6, dr7 } = state.debugregs;
    let it = KvmDebugregs {
        db,
        dr6,
        dr7,
        ..KvmDebugregs::default()
    };
    copy_to_user(arg, &it)?;
    Ok(0)
}

/// # Errors
///
/// `EINVAL` if a flag is set, or if DR6 or DR7 does not fit 32 bits; `EFAULT`.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let KvmDebugregs {
        db,
        dr6,
        dr7,
        flags,
        ..
    } = copy_from_user(arg)?;
    if flags != 0 || u32::try_from(dr6).is_err() || u32::try_from(dr7).is_err() {
        return Err(EINVAL);
    }
    state.debugregs = DebugRegs { db, dr6, dr7 };
    Ok(0)
}
