// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sample of `module/abstractions/anon_inode/`, in Rust and in C.

use guest_tests::Sample;
use guest_tests::fault::each_failure;
use guest_tests::sample_uapi::{SAMPLE_BELL_NR, SAMPLE_GETFD_NR, SAMPLE_INSTALL_NR};
use nix::errno::Errno;

#[test]
fn a_descriptor_is_made() {
    let sample = Sample::load();
    for way in [SAMPLE_INSTALL_NR, SAMPLE_GETFD_NR, SAMPLE_BELL_NR] {
        let met = each_failure(|| (), |()| sample.make(way));
        assert_eq!(met.errors, [Errno::ENOMEM], "{way:#x}");
        assert_eq!(sample.live(), 0, "{way:#x}");
    }
}
