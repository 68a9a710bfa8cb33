// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lists of the device: `KVM_GET_SUPPORTED_CPUID` and `KVM_GET_EMULATED_CPUID`.

use guest_tests::kvm::{exchange, on_all, pass_header};
use hiboma::kvm::{KVM_GET_EMULATED_CPUID, KVM_GET_SUPPORTED_CPUID};
use nix::errno::Errno;

use crate::cpuid::List;

/// `KVM_GET_SUPPORTED_CPUID` and `KVM_GET_EMULATED_CPUID` list all leaves, or fail with `E2BIG`.
#[test]
fn the_supported_leaves_are_listed_where_there_is_room() {
    on_all(|device| {
        for number in [KVM_GET_SUPPORTED_CPUID, KVM_GET_EMULATED_CPUID] {
            let file = device.file();
            let ask = |list: &mut List| exchange(&file, number, list);
            // KVM clamps `nent` to its maximum.
            let mut list = List::with_room(u32::MAX);
            assert_eq!(ask(&mut list), Ok(0));
            let all = list.nent;
            assert!((2..=256).contains(&all), "{all}");
            assert_eq!(list.entries[0].function, 0);

            // KVM checks for room for one more entry before it knows whether it emulates one.
            let needed = all + u32::from(number == KVM_GET_EMULATED_CPUID);
            let mut list = List::with_room(needed);
            assert_eq!(ask(&mut list), Ok(0));
            assert_eq!(list.nent, all);

            for nent in [0, 1, needed - 1] {
                let mut list = List::with_room(nent);
                assert_eq!(ask(&mut list), Err(Errno::E2BIG), "{nent}");
                assert_eq!((list.nent, list.entries[0].eax), (nent, 0));
            }
        }
    });
}

/// `KVM_GET_EMULATED_CPUID` requires zeros there; `KVM_GET_SUPPORTED_CPUID` is older, and does not.
#[test]
fn the_padding_of_the_list() {
    on_all(|device| {
        let file = device.file();
        for word in 0..3 {
            for nent in [1, 20, 256, 300] {
                let padded = |entry: u32| {
                    let mut list = List::with_room(nent);
                    list.entries[entry as usize].padding[word] = 1;
                    list
                };
                let last = nent.min(256) - 1;
                let ask = |entry| exchange(&file, KVM_GET_EMULATED_CPUID, &mut padded(entry));
                assert_eq!(ask(last), Err(Errno::EINVAL), "{nent}");
                // It is the list's length that counts.
                let expected = if nent == 1 { Err(Errno::E2BIG) } else { Ok(0) };
                assert_eq!(ask(last + 1), expected, "{nent}");
            }
            let mut list = List::with_room(256);
            list.entries[0].padding[word] = 1;
            assert_eq!(exchange(&file, KVM_GET_SUPPORTED_CPUID, &mut list), Ok(0));
        }
        // KVM reports unreadable padding as if it were not 0.
        for (nent, expected) in [(0, Errno::E2BIG), (1, Errno::EINVAL), (20, Errno::EINVAL)] {
            let answer = pass_header(&file, KVM_GET_EMULATED_CPUID, nent);
            assert_eq!(answer, Err(expected), "{nent}");
        }
    });
}
