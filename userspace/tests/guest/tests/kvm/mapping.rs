// SPDX-License-Identifier: MIT OR Apache-2.0

//! `mmap(2)` of a vCPU: `kvm_run`, the port I/O data, and the coalesced MMIO ring.

use guest_tests::kvm::{Memory, PAGE, create, on_all};
use guest_tests::{code, ends_by, kvm};
use hiboma::kvm::{KVM_CREATE_VCPU, KVM_CREATE_VM};
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags};
use nix::sys::signal::Signal;

const READ: ProtFlags = ProtFlags::PROT_READ;
const BOTH: ProtFlags = READ.union(ProtFlags::PROT_WRITE);

/// Any size, any offset, shared or private.
#[test]
fn any_part_can_be_mapped_in_any_way_but_to_execute() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        let map = |size, protection, flags, offset| {
            Memory::map(&vcpu, size, protection, flags, offset).map(drop)
        };
        for (size, offset) in [
            (0x3000, 0),
            (1, 0),
            (0x1000, 0x1000),
            // Beyond the end: an access there raises SIGBUS.
            (0x4000, 0),
            (0x1000, 0x3000),
            (0x1000, 0x7000_0000_0000),
            (1 << 26, 0),
        ] {
            for flags in [MapFlags::MAP_SHARED, MapFlags::MAP_PRIVATE] {
                for protection in [BOTH, READ, ProtFlags::PROT_NONE] {
                    assert_eq!(map(size, protection, flags, offset), Ok(()), "{size:#x}");
                }
                let answer = map(size, BOTH | ProtFlags::PROT_EXEC, flags, offset);
                assert_eq!(answer, Err(Errno::EPERM), "{size:#x}");
            }
        }
    });
}

#[test]
fn beyond_its_three_pages_is_a_bus_error() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        let mapping = Memory::of(&vcpu, 5 * PAGE, MapFlags::MAP_SHARED);
        for page in 0..3 {
            mapping.write(page * PAGE + 0xfff, &[7]);
            assert_eq!(mapping.byte(page * PAGE + 0xfff), 7);
        }
        for page in 3..5 {
            let read = || assert_eq!(mapping.byte(page * PAGE), 0);
            assert_eq!(ends_by(read), Some(Signal::SIGBUS), "{page}");
            let write = || mapping.write(page * PAGE, &[1]);
            assert_eq!(ends_by(write), Some(Signal::SIGBUS), "{page}");
        }
    });
}

#[test]
fn all_mappings_are_of_the_same_pages() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        let whole = Memory::of(&vcpu, 3 * PAGE, MapFlags::MAP_SHARED);
        for page in 0..3 {
            let offset = (page * PAGE) as i64;
            let part = Memory::map(&vcpu, PAGE, BOTH, MapFlags::MAP_SHARED, offset).unwrap();
            whole.write(page * PAGE + 0x800, &[page as u8 + 1]);
            assert_eq!(part.byte(0x800), page as u8 + 1);
        }
    });
}

/// Other mappings do not see writes to it.
#[test]
fn a_private_mapping_is_a_copy() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        let shared = Memory::of(&vcpu, PAGE, MapFlags::MAP_SHARED);
        let private = Memory::of(&vcpu, PAGE, MapFlags::MAP_PRIVATE);
        private.write(0x800, &[1]);
        assert_eq!((private.byte(0x800), shared.byte(0x800)), (1, 0));
    });
}

/// The ring belongs to the VM, the other two pages to the vCPU.
#[test]
fn of_two_vcpus_the_ring_is_one() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let map = |id| {
            let vcpu = create(&vm, KVM_CREATE_VCPU, id).unwrap();
            Memory::of(&vcpu, 3 * PAGE, MapFlags::MAP_SHARED)
        };
        let (one, other) = (map(0), map(1));
        for page in 0..3 {
            one.write(page * PAGE + 0x800, &[9]);
        }
        let seen = [0, 1, 2].map(|page| other.byte(page * PAGE + 0x800));
        assert_eq!(seen, [0, 0, 9]);
    });
}

/// The mapping keeps working after both descriptors are closed.
#[test]
fn a_mapping_keeps_its_vcpu() {
    on_all(|device| {
        let before = device.module.references();
        let machine = kvm::Machine::new(device, code!["hlt"]);
        let mapping = Memory::of(kvm::as_fd(&machine.vcpu), PAGE, MapFlags::MAP_SHARED);
        mapping.write(0x800, &[5]);
        drop(machine);
        assert_eq!(device.module.references(), before + 1);
        assert_eq!(mapping.byte(0x800), 5);
        drop(mapping);
        assert_eq!(device.module.references(), before);
    });
}
