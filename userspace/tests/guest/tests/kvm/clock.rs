// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_CLOCK` and `KVM_SET_CLOCK`, `KVM_GET_TSC_KHZ` and `KVM_SET_TSC_KHZ`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use guest_tests::kvm::{Vcpu, as_fd, call, on_all, pass};
use hiboma::kvm::{KVM_GET_TSC_KHZ, KVM_SET_CLOCK, KVM_SET_TSC_KHZ};
use kvm_bindings::kvm_clock_data;
use nix::errno::Errno;

const SECOND: u64 = 1_000_000_000;
/// `KVM_CLOCK_REALTIME`.
const REALTIME: u32 = 1 << 2;

#[test]
fn the_clock_starts_with_the_vm() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let first = vm.get_clock().unwrap().clock;
        assert!(first < 60 * SECOND, "{first}");
        std::thread::sleep(Duration::from_millis(10));
        assert!(vm.get_clock().unwrap().clock >= first + SECOND / 100);
    });
}

#[test]
fn the_clock_goes_on_from_where_it_is_set() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        for start in [1000 * SECOND, 10, 1 << 60] {
            let set = kvm_clock_data {
                clock: start,
                ..kvm_clock_data::default()
            };
            vm.set_clock(&set).unwrap();
            let now = vm.get_clock().unwrap().clock;
            assert!(now > start && now < start + 60 * SECOND, "{start}: {now}");
        }
    });
}

/// With `KVM_CLOCK_REALTIME`, KVM adds the time since `realtime`, as after a migration.
#[test]
fn the_clock_is_set_to_what_it_was_then() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let hour = 3600 * SECOND;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = now.as_nanos() as u64;
        for (realtime, passed) in [(now - hour, hour), (now + hour, 0)] {
            let set = kvm_clock_data {
                clock: SECOND,
                flags: REALTIME,
                realtime,
                ..kvm_clock_data::default()
            };
            vm.set_clock(&set).unwrap();
            let clock = vm.get_clock().unwrap().clock - SECOND;
            assert!(clock >= passed && clock < passed + 60 * SECOND, "{clock}");
        }
    });
}

#[test]
fn unknown_flags_of_the_clock() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        for bit in 0..32 {
            let set = kvm_clock_data {
                flags: 1 << bit,
                ..kvm_clock_data::default()
            };
            let answer = pass(as_fd(&vm), KVM_SET_CLOCK, set);
            match bit {
                1..=3 => assert_eq!(answer, Ok(0), "{bit}"),
                _ => assert_eq!(answer, Err(Errno::EINVAL), "{bit}"),
            }
        }
    });
}

/// The lab's CPU has no TSC scaling.
#[test]
fn the_frequency_of_the_tsc() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let get = || call(as_fd(&vcpu), KVM_GET_TSC_KHZ, 0).unwrap() as u64;
        let set = |khz| call(as_fd(&vcpu), KVM_SET_TSC_KHZ, khz);
        let host = get();
        assert!(host > 1000, "{host}");
        assert_eq!(set(host + host / 10), Ok(0));
        assert_eq!(get(), host + host / 10);
        // 0 means the host's frequency; only the low 32 bits of the argument count.
        assert_eq!(set(0), Ok(0));
        assert_eq!(get(), host);
        assert_eq!(set(1 << 32 | (host + 1)), Ok(0));
        assert_eq!(get(), host + 1);
        // A slower frequency is refused, but `KVM_GET_TSC_KHZ` returns it from then on.
        assert_eq!(set(host / 2), Err(Errno::EINVAL));
        assert_eq!(get(), host / 2);
        // A slightly slower frequency is within KVM's tolerance.
        assert_eq!(set(host - host / 10_000), Ok(0));
    });
}
