// SPDX-License-Identifier: MIT OR Apache-2.0

//! `/dev/hiboma` and its first descriptor, in Rust and in C.

use guest_tests::Guest;
use guest_tests::fault::each_failure;
use nix::errno::Errno;
use nix::kmod::{ModuleInitFlags, finit_module};

#[test]
fn a_descriptor_is_made() {
    let guest = Guest::lock();
    let met = each_failure(|| guest.device(), |device| device.open_fd());
    assert!(met.errors.contains(&Errno::ENOMEM), "{met:?}");
    assert_eq!(guest.module().references(), 0);
}

#[test]
fn the_module_is_loaded() {
    let guest = Guest::lock();
    let module = guest.module();
    let met = each_failure(
        || {
            if module.is_loaded() {
                module.unload().expect("nobody uses it");
            }
            module.file()
        },
        |file| finit_module(file, c"", ModuleInitFlags::empty()),
    );
    assert!(met.errors.contains(&Errno::ENOMEM), "{met:?}");
}
