// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_TRANSLATE`: in real mode, a linear address is the physical
//! address. With paging, the guest's page tables translate it.

use guest_tests::code64;
use guest_tests::kvm::{Device, Machine, Mode, Vcpu, on_all, on_hardware, same_on_hardware};
use nix::sys::mman::ProtFlags;

#[test]
fn real_mode_has_no_page_tables() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        // With or without memory at the address.
        for address in [0, 0x1234, 0xffff_fff0, 1 << 40] {
            let translation = vcpu.fd.translate_gva(address).unwrap();
            assert_eq!(translation.linear_address, address);
            assert_eq!(translation.physical_address, address);
            assert_eq!((translation.valid, translation.writeable), (1, 1));
            assert_eq!(translation.usermode, 0);
        }
        // KVM uses this value for "no translation".
        assert_eq!(vcpu.fd.translate_gva(u64::MAX).unwrap().valid, 0);
    });
}

/// The addresses of `Machine::in_mode`'s tables.
const PML4: usize = 0x2000;
const PDPT: usize = 0x3000;
const PD: usize = 0x4000;
const PD2: usize = 0x5000;
/// A table of 4 KiB pages, which the tests fill.
const PT: usize = 0x6000;

/// Returns the physical address, if there is one.
fn translate(machine: &Machine, address: u64) -> Option<u64> {
    let it = machine.fd.translate_gva(address).unwrap();
    assert_eq!(it.linear_address, address);
    assert_eq!((it.writeable, it.usermode), (1, 0));
    assert_eq!(it.valid, u8::from(it.physical_address != u64::MAX));
    (it.valid == 1).then_some(it.physical_address)
}

fn in_mode(device: &Device, mode: Mode) -> Machine {
    Machine::in_mode(device, mode, code64!["hlt"])
}

fn write_entry(machine: &Machine, at: usize, entry: u64) {
    machine.memory.write(at, &entry.to_le_bytes());
}

fn entry(machine: &Machine, at: usize) -> u64 {
    let bytes = machine.memory.read(at, 8);
    u64::from_le_bytes(bytes.try_into().unwrap())
}

#[test]
fn page_tables() {
    let cases = [
        (Mode::Protected, 0x8000_1234, Some(0x8000_1234)),
        (Mode::Paged, 0x1234, Some(0x1234)),
        (Mode::Paged, 0x4000_1234, Some(0x8000_1234)),
        (Mode::Paged, 0x40_0000, None),
        (Mode::Pae, 0x1f_ffff, Some(0x1f_ffff)),
        (Mode::Pae, 0x4000_1234, Some(0x8000_1234)),
        (Mode::Pae, 0x20_0000, None),
        (Mode::Pae, 0x8000_0000, None),
        (Mode::Long, 0x1234, Some(0x1234)),
        (Mode::Long, 0x4abc_def0, Some(0x8abc_def0)),
        (Mode::Long, 0x2_1234_5678, Some(0x1_1234_5678)),
        (Mode::Long, 0x20_0000, None),
        (Mode::Long, 0x8000_0000, None),
        (Mode::Long, 0xffff_8000_0000_0000, None),
        (Mode::Long, u64::MAX, None),
    ];
    on_hardware(|device| {
        for (mode, linear, physical) in cases {
            let machine = in_mode(device, mode);
            let answer = translate(&machine, linear);
            assert_eq!(answer, physical, "{mode:?} {linear:#x}");
        }
    });
}

/// The interpreter does not run in these modes, but userspace can translate addresses in them.
#[test]
fn page_tables_without_a_processor() {
    on_all(|device| {
        let machine = in_mode(device, Mode::Paged);
        assert_eq!(translate(&machine, 0x4000_1234), Some(0x8000_1234));
        assert_eq!(translate(&machine, 0x40_0000), None);
    });
}

/// KVM translates as for a supervisor's read: a page may be supervisor-only, read-only or no-execute.
#[test]
fn the_rights_of_a_page_do_not_matter() {
    on_hardware(|device| {
        let machine = in_mode(device, Mode::Long);
        machine.change_sregs(|sregs| {
            (sregs.cs.dpl, sregs.ss.dpl) = (3, 3);
            (sregs.cs.selector, sregs.ss.selector) = (11, 19);
        });
        write_entry(&machine, PD + 8, PT as u64 | 7);
        for rights in [1, 3, 5, 7, 1 << 63 | 1] {
            write_entry(&machine, PT, 0x9000 | rights);
            assert_eq!(translate(&machine, 0x20_0fff), Some(0x9fff), "{rights:#x}");
        }
        write_entry(&machine, PT, 0x9000 | 6);
        assert_eq!(translate(&machine, 0x20_0fff), None);
    });
}

#[test]
fn an_entry_with_a_reserved_bit_leads_nowhere() {
    on_hardware(|device| {
        for (at, bit) in [(PML4, 7), (PDPT, 51), (PD, 51), (PT, 51)] {
            let machine = in_mode(device, Mode::Long);
            write_entry(&machine, PD, PT as u64 | 7);
            write_entry(&machine, PT, 0x9000 | 7);
            assert_eq!(translate(&machine, 0), Some(0x9000));
            write_entry(&machine, at, entry(&machine, at) | 1 << bit);
            assert_eq!(translate(&machine, 0), None, "{at:#x} {bit}");
        }
        for (at, bit) in [(PD, 51), (PD, 55), (PD, 62), (PD, 63)] {
            let machine = in_mode(device, Mode::Pae);
            assert_eq!(translate(&machine, 0), Some(0));
            write_entry(&machine, at, entry(&machine, at) | 1 << bit);
            assert_eq!(translate(&machine, 0), None, "{at:#x} {bit}");
        }
    });
}

/// The walk sets accessed bits as the CPU does, but only if the translation succeeds.
#[test]
fn entries_on_the_way_become_accessed() {
    const ACCESSED: u64 = 1 << 5;
    on_hardware(|device| {
        let machine = in_mode(device, Mode::Long);
        write_entry(&machine, PD + 8, PT as u64 | 7);
        write_entry(&machine, PT, 0x9000 | 7);
        let marked = || [PML4, PDPT, PD + 8, PT].map(|at| entry(&machine, at) & ACCESSED != 0);
        assert_eq!(translate(&machine, 0x20_1000), None);
        assert_eq!(marked(), [false; 4]);
        assert_eq!(translate(&machine, 0x20_0000), Some(0x9000));
        assert_eq!(marked(), [true; 4]);
        // Nothing else has changed, and nothing is dirty.
        assert_eq!(entry(&machine, PT), 0x9000 | 7 | ACCESSED);
        assert_eq!(entry(&machine, PD), 7 | 1 << 7);
    });
    // The four entries of a PAE guest's top-level table have no accessed bit.
    same_on_hardware(|device| {
        let machine = in_mode(device, Mode::Pae);
        assert_eq!(translate(&machine, 0x4000_0000), Some(0x8000_0000));
        [PDPT, PDPT + 8, PD, PD2].map(|at| entry(&machine, at))
    });
}

#[test]
fn a_table_that_is_not_there_leads_nowhere() {
    on_hardware(|device| {
        // The table is in no slot.
        let machine = in_mode(device, Mode::Long);
        write_entry(&machine, PD, 0x10_0000_0000 | 7);
        assert_eq!(translate(&machine, 0), None);
        machine.change_sregs(|sregs| sregs.cr3 = 0x10_0000_0000);
        assert_eq!(translate(&machine, 0), None);

        // The table is in a slot, but userspace has made it unreadable.
        let machine = in_mode(device, Mode::Long);
        write_entry(&machine, PD, PT as u64 | 7);
        write_entry(&machine, PT, 0x9000 | 7);
        let all = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        machine.memory.protect(PT, ProtFlags::PROT_NONE);
        assert_eq!(translate(&machine, 0), None);
        machine.memory.protect(PT, all);
        assert_eq!(translate(&machine, 0), Some(0x9000));
    });
}
