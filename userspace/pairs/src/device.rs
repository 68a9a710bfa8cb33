// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device that a program of the later steps is told to use.

use std::env;
use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process;

use kvm_bindings::KVM_API_VERSION;
use kvm_ioctls::Kvm;

use crate::no_device::{no_device, other_device};

/// The exit status of a program that was not called as it wants to be.
const USAGE: i32 = 2;

/// Opens the device whose path is the program's sole argument: `/dev/kvm`, `/dev/hiboma`, or any
/// other that speaks KVM's ABI.
pub fn open_device() -> anyhow::Result<Kvm> {
    let path = argument();
    let device = Kvm::new_with_path(CString::new(path.clone().into_vec())?)
        .map_err(|error| no_device(Path::new(&path), error))?;

    // Documentation/virt/kvm/api.rst asks this of all who use KVM: on any other device, KVM's
    // numbers mean something else.
    let version = device.get_api_version();
    if u32::try_from(version) != Ok(KVM_API_VERSION) {
        return Err(other_device(Path::new(&path), version));
    }
    Ok(device)
}

/// The sole argument; without it, or with another, the program ends and says how it is called.
fn argument() -> OsString {
    let mut arguments = env::args_os();
    let program = arguments.next().unwrap_or_default();
    match (arguments.next(), arguments.next()) {
        (Some(path), None) => path,
        _ => {
            let program = Path::new(&program).file_name().unwrap_or_default();
            eprintln!(
                "usage: {} DEVICE\nDEVICE is /dev/hiboma, /dev/hiboma-svm or /dev/kvm.",
                program.display()
            );
            process::exit(USAGE);
        }
    }
}
