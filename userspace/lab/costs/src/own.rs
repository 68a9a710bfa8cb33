// SPDX-License-Identifier: MIT OR Apache-2.0

//! hiboma's own ioctls, which `hiboma_tiny.ko`, its C twin and `hiboma.ko` have in common.

use anyhow::Result;
use hiboma::Hiboma;
use hiboma::uapi::{HIBOMA_ANON_COUNT_NR, HIBOMA_GET_VERSION, HIBOMA_OPEN_FD, HIBOMAIO};
use nix::request_code_none;

use crate::call::{close, ioctl, make};
use crate::report::Report;

/// Counts them.
pub fn count(report: &Report) -> Result<()> {
    let device = Hiboma::open()?;
    report.count("own-version", || Ok(ioctl(&device, HIBOMA_GET_VERSION, 0)?))?;
    report.count("own-make", || Ok(make(&device, HIBOMA_OPEN_FD)?.1))?;
    report.count("own-close", || Ok(close(make(&device, HIBOMA_OPEN_FD)?.0)?))?;

    let object = device.open_fd()?;
    let number = request_code_none!(HIBOMAIO, HIBOMA_ANON_COUNT_NR) as u32;
    report.count("own-count", || Ok(ioctl(&object, number, 0)?))
}
