// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to do where `/dev/kvm` cannot be opened.

use kvm_ioctls::Error;
use nix::errno::Errno;

/// Says why `Kvm::new()` failed. It only has an errno; `hiboma::OpenError` says as much itself.
pub fn no_kvm(error: Error) -> anyhow::Error {
    let what = match Errno::from_raw(error.errno()) {
        Errno::ENOENT => {
            "/dev/kvm is missing: load kvm-amd or kvm-intel where the processor can virtualize"
        }
        Errno::ENODEV | Errno::ENXIO => {
            "/dev/kvm is there, but KVM is not: load kvm-amd or kvm-intel where the processor can \
             virtualize"
        }
        Errno::EACCES | Errno::EPERM => {
            "no permission to open /dev/kvm: join its group (`sudo usermod -aG kvm $USER`, then \
             log in again)"
        }
        _ => "cannot open /dev/kvm",
    };
    anyhow::Error::new(error).context(format!(
        "{what}, or run this in the lab: `cargo lab run -- …`"
    ))
}
