// SPDX-License-Identifier: MIT OR Apache-2.0

//! `/dev/hiboma` and its first descriptor, in Rust and in C.

use guest_tests::Guest;
use guest_tests::fault::each_failure;
use nix::errno::Errno;

#[test]
fn a_descriptor_is_made() {
    let guest = Guest::lock();
    let met = each_failure(|| guest.device(), |device| device.open_fd());
    assert!(met.errors.contains(&Errno::ENOMEM), "{met:?}");
    assert_eq!(guest.module().references(), 0);
}
