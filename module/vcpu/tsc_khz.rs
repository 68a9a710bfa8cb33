// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_TSC_KHZ` and `KVM_SET_TSC_KHZ`: the frequency of the guest's TSC, in kHz.
//!
//! Counterpart: `kvm_set_tsc_khz()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c), on a
//! CPU that cannot scale the TSC.

use kernel::prelude::*;

use super::State;
use crate::abstractions::cpu::tsc_khz;

/// A TSC that is slower by at most this many millionths counts as equally fast.
const TSC_TOLERANCE_PPM: u64 = 250;

pub(super) fn get(state: &State) -> Result<isize> {
    Ok(state.tsc_khz as isize)
}

/// Sets the frequency; 0 selects the host's. hiboma only stores a higher one; KVM would move the
/// guest's TSC forward now and then, so that it keeps up.
///
/// # Errors
///
/// `EINVAL` if it is lower than the host's. As in KVM, `KVM_GET_TSC_KHZ` still returns it then.
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
