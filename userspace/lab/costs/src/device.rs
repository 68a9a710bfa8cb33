// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device: opening it, and its ioctls.

use std::ffi::CStr;

use anyhow::Result;
use hiboma::kvm::{KVM_CHECK_EXTENSION, KVM_GET_API_VERSION};
use kvm_ioctls::Cap;

use crate::call::{close, ioctl, open};
use crate::report::Report;

/// Counts opening and closing the device, the same for all devices.
pub fn open_and_close(report: &Report, path: &CStr) -> Result<()> {
    report.count("open-device", || Ok(open(path)?.1))?;
    report.count("close-device", || Ok(close(open(path)?.0)?))
}

/// Counts the same, and KVM's ioctls on the device.
pub fn count(report: &Report, path: &CStr) -> Result<()> {
    open_and_close(report, path)?;
    let (device, _) = open(path)?;
    report.count("version", || Ok(ioctl(&device, KVM_GET_API_VERSION, 0)?))?;
    report.count("check-extension", || {
        let extension = Cap::UserMemory as u64;
        Ok(ioctl(&device, KVM_CHECK_EXTENSION, extension)?)
    })
}
