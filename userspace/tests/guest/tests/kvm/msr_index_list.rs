// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_MSR_INDEX_LIST`, and how it reports the length that it needs.

use guest_tests::kvm::{exchange, on_all};
use hiboma::kvm::KVM_GET_MSR_INDEX_LIST;
use nix::errno::Errno;

/// `struct kvm_msr_list` with room for 1,000 MSRs.
#[repr(C)]
struct List {
    nmsrs: u32,
    indices: [u32; 1000],
}

#[test]
fn a_list_that_is_too_short_is_told_how_long_it_must_be() {
    on_all(|device| {
        let file = device.file();
        let ask = |nmsrs| {
            let mut list = List {
                nmsrs,
                indices: [0; 1000],
            };
            let answer = exchange(&file, KVM_GET_MSR_INDEX_LIST, &mut list);
            (answer, list.nmsrs)
        };
        let (_, all) = ask(1000);
        assert_eq!(ask(1000), (Ok(0), all));
        assert_eq!(ask(all), (Ok(0), all));
        assert_eq!(ask(u32::MAX), (Ok(0), all));
        assert_eq!(ask(all - 1), (Err(Errno::E2BIG), all));
        assert_eq!(ask(0), (Err(Errno::E2BIG), all));
        match device.differs("model-specific registers") {
            false => assert!(all > 20),
            true => assert_eq!(all, 13),
        }
    });
}
