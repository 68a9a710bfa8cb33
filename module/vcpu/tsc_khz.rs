// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_TSC_KHZ` and `KVM_SET_TSC_KHZ`: how fast the guest's TSC is, in kHz.
//!
//! Counterpart: `kvm_set_tsc_khz()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c), on a
//! CPU that cannot scale the TSC.

use kernel::prelude::*;

use super::State;
use crate::abstractions::cpu::tsc_khz;

/// How much slower a TSC may be and still count as the same, in millionths.
const TSC_TOLERANCE_PPM: u64 = 250;

pub(super) fn get(state: &State) -> Result<isize> {
    Ok(state.tsc_khz as isize)
}

/// The argument is the frequency; 0 is that of the host. Of a higher one hiboma keeps the number; KVM
/// moves the guest's TSC forward now and then, so that it keeps up.
///
/// # Errors
///
/// `EINVAL` for a lower one. As in KVM, `KVM_GET_TSC_KHZ` tells it from then on all the same.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let host = tsc_khz();
    state.tsc_khz = match arg as u32 {
        0 => host,
        khz => khz,
    };
    let lowest = u64::from(host) * (1_000_000 - TSC_TOLERANCE_PPM) / 1_000_000;
    if u64::from(state.tsc_khz) < lowest {
        return Err(EINVAL);
    }
    Ok(0)
}
