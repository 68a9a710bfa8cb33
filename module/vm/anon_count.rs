// SPDX-License-Identifier: GPL-2.0

//! `HIBOMA_ANON_COUNT`: counts its calls on this open file. KVM has nothing like it.

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
/// `EOVERFLOW` if the count does not fit the `int` to which the kernel truncates the result.
pub(super) fn ioctl(vm: &Vm) -> Result<isize> {
    let count = vm.count.fetch_add(1, Relaxed) + 1;
    let count = i32::try_from(count).map_err(|_| EOVERFLOW)?;
    Ok(count as isize)
}
