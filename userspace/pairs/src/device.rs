// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device that is the argument of a program of the later steps.

use std::env;
use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process;

use kvm_bindings::KVM_API_VERSION;
use kvm_ioctls::Kvm;

use crate::no_device::{no_device, other_device};

/// The exit status for wrong arguments.
const USAGE: i32 = 2;

/// Opens the device whose path is the program's only argument: `/dev/kvm`, `/dev/hiboma`, or any
/// other device that implements KVM's ABI.
pub fn open_device() -> anyhow::Result<Kvm> {
    let path = argument();
    let device = Kvm::new_with_path(CString::new(path.clone().into_vec())?)
        .map_err(|error| no_device(Path::new(&path), error))?;

    // Documentation/virt/kvm/api.rst demands this check of all users of KVM: on any other device,
    // KVM's numbers mean something else.
    let version = device.get_api_version();
    if u32::try_from(version) != Ok(KVM_API_VERSION) {
        return Err(other_device(Path::new(&path), version));
    }
    Ok(device)
}

/// Returns the only argument. With none or several, prints the usage and exits.
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
