// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_SET_USER_MEMORY_REGION`: valid and invalid slots.

use guest_tests::kvm::{Device, Memory, as_fd, on_all, pass, region};
use hiboma::kvm::{KVM_SET_USER_MEMORY_REGION, KVM_SET_USER_MEMORY_REGION2};
use kvm_bindings::kvm_userspace_memory_region2;
use kvm_ioctls::VmFd;
use nix::errno::Errno;

const LOG: u32 = 1;
const READONLY: u32 = 2;

/// A VM without memory, and memory for its slots.
struct Slots {
    vm: VmFd,
    memory: Memory,
}

impl Slots {
    fn new(device: &Device) -> Self {
        Slots {
            vm: device.open().create_vm().unwrap(),
            memory: Memory::new(0x4000),
        }
    }

    /// Sets a slot whose memory starts at the beginning of `self.memory`.
    fn set(&self, slot: u32, flags: u32, address: u64, size: u64) -> nix::Result<i32> {
        self.set_to(slot, flags, address, size, self.memory.address())
    }

    fn set_to(&self, slot: u32, flags: u32, at: u64, size: u64, user: u64) -> nix::Result<i32> {
        let region = region(slot, flags, at, size, user);
        pass(as_fd(&self.vm), KVM_SET_USER_MEMORY_REGION, region)
    }
}

#[test]
fn slots_may_not_overlap() {
    on_all(|device| {
        let slots = Slots::new(device);
        assert_eq!(slots.set(0, 0, 0x10000, 0x4000), Ok(0));
        for (address, size) in [
            (0x10000, 0x4000),
            (0xf000, 0x2000),
            (0x11000, 0x1000),
            (0x13000, 0x1000),
            (0x13000, 0x4000),
        ] {
            let answer = slots.set(1, 0, address, size);
            assert_eq!(answer, Err(Errno::EEXIST), "{address:#x} {size:#x}");
        }
        assert_eq!(slots.set(1, 0, 0xf000, 0x1000), Ok(0));
        assert_eq!(slots.set(2, 0, 0x14000, 0x1000), Ok(0));
    });
}

/// The same userspace memory may back several slots.
#[test]
fn a_slot_can_be_moved_but_not_onto_another() {
    on_all(|device| {
        let slots = Slots::new(device);
        assert_eq!(slots.set(0, 0, 0x10000, 0x2000), Ok(0));
        assert_eq!(slots.set(1, 0, 0x20000, 0x2000), Ok(0));
        assert_eq!(slots.set(1, 0, 0x11000, 0x2000), Err(Errno::EEXIST));
        // The new place overlaps the old one.
        assert_eq!(slots.set(1, 0, 0x21000, 0x2000), Ok(0));
        assert_eq!(slots.set(2, 0, 0x20000, 0x1000), Ok(0));
    });
}

#[test]
fn of_a_slot_only_address_and_logging_can_change() {
    on_all(|device| {
        let slots = Slots::new(device);
        let user = slots.memory.address();
        assert_eq!(slots.set(0, 0, 0x10000, 0x2000), Ok(0));
        assert_eq!(slots.set(0, 0, 0x10000, 0x2000), Ok(0));
        assert_eq!(slots.set(0, LOG, 0x10000, 0x2000), Ok(0));
        assert_eq!(slots.set(0, 0, 0x10000, 0x2000), Ok(0));
        assert_eq!(slots.set(0, 0, 0x10000, 0x1000), Err(Errno::EINVAL));
        assert_eq!(slots.set(0, READONLY, 0x10000, 0x2000), Err(Errno::EINVAL));
        let elsewhere = slots.set_to(0, 0, 0x10000, 0x2000, user + 0x1000);
        assert_eq!(elsewhere, Err(Errno::EINVAL));

        // To change anything else, userspace must delete the slot and create a new one.
        assert_eq!(slots.set(0, 0, 0, 0), Ok(0));
        assert_eq!(slots.set(0, READONLY, 0x10000, 0x1000), Ok(0));
    });
}

#[test]
fn size_0_deletes_once() {
    on_all(|device| {
        let slots = Slots::new(device);
        assert_eq!(slots.set(0, 0, 0x10000, 0), Err(Errno::EINVAL));
        assert_eq!(slots.set(0, 0, 0x10000, 0x1000), Ok(0));
        // A deletion ignores the address, even one where no slot can be.
        assert_eq!(slots.set_to(0, 0, 0x90000, 0, 0), Ok(0));
        assert_eq!(slots.set(0, 0, 0x10000, 0x1000), Ok(0));
        assert_eq!(slots.set_to(0, 0, 1 << 53, 0, 0), Ok(0));
        assert_eq!(slots.set(0, 0, 0x10000, 0), Err(Errno::EINVAL));
    });
}

/// A deletion with invalid arguments fails, and deletes nothing.
#[test]
fn deleting_with_nonsense_is_einval() {
    on_all(|device| {
        let slots = Slots::new(device);
        assert_eq!(slots.set(0, 0, 0x10000, 0x1000), Ok(0));
        assert_eq!(slots.set_to(0, 0x80, 0, 0, 0), Err(Errno::EINVAL));
        assert_eq!(slots.set_to(0, 0, 1, 0, 0), Err(Errno::EINVAL));
        assert_eq!(slots.set_to(0, 0, 0, 0, 1), Err(Errno::EINVAL));
        assert_eq!(slots.set(1, 0, 0x10000, 0x1000), Err(Errno::EEXIST));
    });
}

/// If each call took time proportional to the number of slots, this would take minutes.
#[test]
fn all_slots_come_and_go() {
    on_all(|device| {
        let slots = Slots::new(device);
        let address = |slot| 0x10000 + u64::from(slot) * 0x1000;
        for slot in 0..32764 {
            assert_eq!(slots.set(slot, 0, address(slot), 0x1000), Ok(0), "{slot}");
        }
        assert_eq!(slots.set(0, 0, address(32763), 0x1000), Err(Errno::EEXIST));
        for slot in 0..32764 {
            assert_eq!(slots.set(slot, 0, 0, 0), Ok(0), "{slot}");
        }
    });
}

#[test]
fn there_are_32764_slots() {
    on_all(|device| {
        let slots = Slots::new(device);
        assert_eq!(slots.set(32763, 0, 0x10000, 0x1000), Ok(0));
        // Bits 16 and above select the address space; KVM has at most two.
        for slot in [32764, 32767, 65535, 1 << 17, 1 << 17 | 5, 1 << 31, u32::MAX] {
            let answer = slots.set(slot, 0, 0x20000, 0x1000);
            assert_eq!(answer, Err(Errno::EINVAL), "{slot:#x}");
            let answer = slots.set(slot, 0, 0, 0);
            assert_eq!(answer, Err(Errno::EINVAL), "{slot:#x}");
        }
    });
}

#[test]
fn the_second_address_space_is_of_system_management_mode() {
    on_all(|device| {
        let slots = Slots::new(device);
        let expected = match device.differs("system management mode") {
            true => Err(Errno::EINVAL),
            false => Ok(0),
        };
        assert_eq!(slots.set(1 << 16, 0, 0x20000, 0x1000), expected);
        assert_eq!(slots.set(0, 0, 0x20000, 0x1000), Ok(0));
    });
}

#[test]
fn everything_is_in_pages() {
    on_all(|device| {
        let slots = Slots::new(device);
        let user = slots.memory.address();
        for (at, size, user) in [
            (0x10001, 0x1000, user),
            (0x10800, 0x1000, user),
            (0x10000, 0x1001, user),
            (0x10000, 0x800, user),
            (0x10000, 1, user),
            (0x10000, 0x1000, user + 1),
        ] {
            let answer = slots.set_to(0, 0, at, size, user);
            assert_eq!(answer, Err(Errno::EINVAL), "{at:#x} {size:#x} {user:#x}");
        }
    });
}

#[test]
fn unknown_flags_are_einval() {
    on_all(|device| {
        let slots = Slots::new(device);
        for flags in (2..32).map(|bit| 1 << bit) {
            let answer = slots.set(0, flags, 0x10000, 0x1000);
            assert_eq!(answer, Err(Errno::EINVAL), "{flags:#x}");
        }
        assert_eq!(slots.set(0, LOG | READONLY, 0x10000, 0x1000), Ok(0));
    });
}

#[test]
fn a_slot_ends_where_addresses_do() {
    on_all(|device| {
        let slots = Slots::new(device);
        for address in [u64::MAX - 0xfff, 1 << 63, 1 << 52] {
            for size in [0x1000, 0x2000] {
                let answer = slots.set(0, 0, address, size);
                assert_eq!(answer, Err(Errno::EINVAL), "{address:#x} {size:#x}");
            }
        }
        // The highest page that real mode reaches, and the last page below 4 GiB.
        assert_eq!(slots.set(0, 0, 0x10f000, 0x1000), Ok(0));
        assert_eq!(slots.set(1, 0, 0xffff_f000, 0x1000), Ok(0));
    });
}

/// Nothing need be mapped there, but it must be a userspace address.
#[test]
fn the_programs_address_is_in_its_half() {
    on_all(|device| {
        let slots = Slots::new(device);
        for (user, size) in [
            (0xffff_8880_0000_0000, 0x1000),
            (1 << 62, 0x1000),
            (0x7fff_ffff_f000, 0x1000),
            (0x7fff_ffff_e000, 0x2000),
            (0x1000, 1 << 47),
            (u64::MAX - 0xfff, 0x1000),
        ] {
            let answer = slots.set_to(0, 0, 0x10000, size, user);
            assert_eq!(answer, Err(Errno::EINVAL), "{user:#x} {size:#x}");
        }
        assert_eq!(slots.set_to(0, 0, 0x10000, 0x1000, 0x7fff_ffff_e000), Ok(0));
        assert_eq!(slots.set_to(1, 0, 0x20000, 0x1000, 0), Ok(0));
    });
}

/// A slot has at most 2^31 - 1 pages: the dirty log's bit operations support no more.
#[test]
fn a_slot_is_smaller_than_8_tib() {
    on_all(|device| {
        let slots = Slots::new(device);
        let answer = slots.set_to(0, 0, 0, 1 << 43, 0x1000);
        assert_eq!(answer, Err(Errno::EINVAL));
        let answer = slots.set_to(0, 0, 0, 1 << 38, 0x1000);
        assert_eq!(answer, Ok(0));
    });
}

/// `KVM_SET_USER_MEMORY_REGION2` has more fields; they count only with `KVM_MEM_GUEST_MEMFD`.
#[test]
fn with_a_2_at_its_end_it_is_the_same() {
    on_all(|device| {
        let slots = Slots::new(device);
        let set = |guest_phys_addr, memory_size| {
            let region = kvm_userspace_memory_region2 {
                guest_phys_addr,
                memory_size,
                userspace_addr: slots.memory.address(),
                guest_memfd_offset: 77,
                guest_memfd: 78,
                pad1: 79,
                pad2: [80; 14],
                ..kvm_userspace_memory_region2::default()
            };
            pass(as_fd(&slots.vm), KVM_SET_USER_MEMORY_REGION2, region)
        };
        assert_eq!(set(0x10000, 0), Err(Errno::EINVAL));
        assert_eq!(set(0x10000, 0x1001), Err(Errno::EINVAL));
        assert_eq!(set(0x10000, 0x1000), Ok(0));
        assert_eq!(slots.set(1, 0, 0x10000, 0x1000), Err(Errno::EEXIST));
        assert_eq!(set(0x10000, 0), Ok(0));
        assert_eq!(slots.set(1, 0, 0x10000, 0x1000), Ok(0));
    });
}
