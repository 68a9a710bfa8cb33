// SPDX-License-Identifier: GPL-2.0

//! `HIBOMA_ANON_COUNT`: how often it was called on this open file. KVM has nothing like it.

use kernel::{
    ioctl::_IO,
    prelude::*,
    sync::atomic::Relaxed, //
};

use super::Vm;
use crate::uapi::hiboma::{
    HIBOMAIO,
    HIBOMA_ANON_COUNT_NR, //
};

pub(super) const HIBOMA_ANON_COUNT: u32 = _IO(HIBOMAIO, HIBOMA_ANON_COUNT_NR);

/// # Errors
///
/// `EOVERFLOW`: the kernel cuts the result to an `int`, and a larger count would come out negative.
pub(super) fn ioctl(vm: &Vm) -> Result<isize> {
    let count = vm.count.fetch_add(1, Relaxed) + 1;
    let count = i32::try_from(count).map_err(|_| EOVERFLOW)?;
    Ok(count as isize)
}
