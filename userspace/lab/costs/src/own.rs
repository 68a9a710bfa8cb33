// SPDX-License-Identifier: MIT OR Apache-2.0

//! hiboma's own ioctls, which `hiboma_tiny.ko`, its C twin and `hiboma.ko` have in common.

use std::ffi::CString;

use anyhow::Result;
use hiboma::Hiboma;
use hiboma::uapi::{
    DEVICE_PATH, HIBOMA_ANON_COUNT_NR, HIBOMA_GET_VERSION, HIBOMA_OPEN_FD, HIBOMAIO,
};
use nix::request_code_none;

use crate::call::{close, ioctl, make};
use crate::device;
use crate::report::Report;

/// Counts these ioctls. If KVM has a counterpart, it is counted under the same name.
pub fn count(report: &Report) -> Result<()> {
    device::open_and_close(report, &CString::new(DEVICE_PATH)?)?;
    let device = Hiboma::open()?;
    report.count("version", || Ok(ioctl(&device, HIBOMA_GET_VERSION, 0)?))?;
    report.count("make", || Ok(make(&device, HIBOMA_OPEN_FD)?.1))?;
    report.count("close", || Ok(close(make(&device, HIBOMA_OPEN_FD)?.0)?))?;

    let object = device.open_fd()?;
    let number = request_code_none!(HIBOMAIO, HIBOMA_ANON_COUNT_NR) as u32;
    report.count("count", || Ok(ioctl(&object, number, 0)?))
}
