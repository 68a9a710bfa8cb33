// SPDX-License-Identifier: MIT OR Apache-2.0

//! Loading a module, which registers its device. Only small modules
//! are tested: the kernel makes one request for each page of a module.

use guest_tests::Guest;
use guest_tests::fault::each_failure;
use nix::errno::Errno;
use nix::kmod::{ModuleInitFlags, finit_module};

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
