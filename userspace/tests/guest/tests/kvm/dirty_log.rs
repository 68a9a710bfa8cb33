// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_MEM_LOG_DIRTY_PAGES` and `KVM_GET_DIRTY_LOG`.

use guest_tests::code;
use guest_tests::kvm::{
    Device, Exit, Machine, Memory, PAGE, RAM, as_fd, dirty_log, on_all, pass, set_region,
};
use hiboma::kvm::KVM_GET_DIRTY_LOG;
use kvm_bindings::{KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY, kvm_dirty_log};
use nix::errno::Errno;

/// Creates a VM whose memory is logged. The code begins with a `hlt`;
/// after it KVM has mapped the page of the code, and that page is clean.
fn logged(device: &Device, code: &[u8]) -> Machine {
    let mut machine = Machine::new(device, code);
    log(&machine, KVM_MEM_LOG_DIRTY_PAGES);
    assert_eq!(machine.run(), Ok(Exit::Halt));
    dirty(&machine).unwrap();
    machine
}

fn log(machine: &Machine, flags: u32) {
    machine.add_slot(0, flags, 0, &machine.memory);
}

/// Returns the numbers of the dirty pages.
fn dirty(machine: &Machine) -> nix::Result<Vec<usize>> {
    dirty_log(as_fd(&machine.vm), 0)
}

#[test]
fn each_page_that_the_guest_has_written_is_told_once() {
    on_all(|device| {
        let code = code![
            "hlt",
            "mov byte ptr [0x3000], 1",
            "mov byte ptr [0x5fff], 1",
            "hlt",
            "mov byte ptr [0x3001], 1",
            "hlt",
        ];
        let mut machine = logged(device, code);
        assert_eq!(dirty(&machine), Ok(vec![]));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(dirty(&machine), Ok(vec![3, 5]));
        assert_eq!(dirty(&machine), Ok(vec![]));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(dirty(&machine), Ok(vec![3]));
    });
}

/// Reads, instruction fetches and userspace's own writes mark no page as dirty.
#[test]
fn nothing_else_is_dirty() {
    on_all(|device| {
        let mut machine = logged(device, code!["hlt", "mov al, [0x3000]", "hlt"]);
        machine.memory.write(0x4000, &[1]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(dirty(&machine), Ok(vec![]));
    });
}

#[test]
fn every_way_to_write_counts() {
    on_all(|device| {
        let code = code![
            "hlt",
            "mov word ptr [0x2fff], 1",
            "push ax",
            "lock inc byte ptr [0x4000]",
            "mov di, 0x5000",
            "stosb",
            "mov di, 0x6000",
            "insb",
            "hlt",
        ];
        let mut machine = logged(device, code);
        assert!(matches!(machine.run(), Ok(Exit::In { .. })));
        assert_eq!(dirty(&machine), Ok(vec![2, 3, 4, 5, 7]));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(dirty(&machine), Ok(vec![6]));
    });
}

/// KVM maps this page as writable at its first read, because userspace has written to it.
#[test]
fn a_page_that_was_only_read_may_be_dirty() {
    on_all(|device| {
        let mut machine = logged(device, code!["hlt", "mov al, [0x4000]", "hlt"]);
        machine.memory.write(0x4000, &[1]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let expected = match device.differs("dirty pages that were only read") {
            false => vec![4],
            true => vec![],
        };
        assert_eq!(dirty(&machine), Ok(expected));
    });
}

/// A write that does not change the value marks the page as dirty.
#[test]
fn a_write_of_the_same_value_counts() {
    on_all(|device| {
        let mut machine = logged(device, code!["hlt", "mov byte ptr [0x3000], 0", "hlt"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(dirty(&machine), Ok(vec![3]));
    });
}

#[test]
fn logging_anew_begins_with_nothing() {
    on_all(|device| {
        let code = code![
            "hlt",
            "mov byte ptr [0x3000], 1",
            "hlt",
            "mov byte ptr [0x4000], 1",
            "hlt"
        ];
        let mut machine = logged(device, code);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        log(&machine, 0);
        assert_eq!(dirty(&machine), Err(Errno::ENOENT));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        log(&machine, KVM_MEM_LOG_DIRTY_PAGES);
        assert_eq!(dirty(&machine), Ok(vec![]));
    });
}

/// The log moves with the slot.
#[test]
fn a_move_loses_nothing() {
    on_all(|device| {
        let mut machine = logged(device, code!["hlt", "mov byte ptr [0x3000], 1", "hlt"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        machine.add_slot(0, KVM_MEM_LOG_DIRTY_PAGES, 0x10_0000, &machine.memory);
        assert_eq!(dirty(&machine), Ok(vec![3]));
    });
}

#[test]
fn a_slot_without_a_log_is_enoent() {
    on_all(|device| {
        let machine = Machine::new(device, &[]);
        let vm = as_fd(&machine.vm);
        for slot in [0, 1, 32763] {
            assert_eq!(dirty_log(vm, slot), Err(Errno::ENOENT), "{slot}");
        }
        for slot in [32764, 32767, 65535, 1 << 17, u32::MAX] {
            assert_eq!(dirty_log(vm, slot), Err(Errno::EINVAL), "{slot}");
        }
    });
}

#[test]
fn a_log_is_whole_words_of_64_pages() {
    on_all(|device| {
        let machine = Machine::new(device, &[]);
        for (slot, pages, words) in [(1, 1, 1), (2, 64, 1), (3, 65, 2)] {
            let (memory, bitmap) = (Memory::new(pages * PAGE), Memory::new(PAGE));
            let address = 0x10_0000 * u64::from(slot);
            machine.add_slot(slot, KVM_MEM_LOG_DIRTY_PAGES, address, &memory);
            bitmap.write(0, &[0xee; 24]);
            let mut log = kvm_dirty_log {
                slot,
                ..kvm_dirty_log::default()
            };
            log.__bindgen_anon_1.dirty_bitmap = bitmap.address() as *mut _;
            assert_eq!(pass(as_fd(&machine.vm), KVM_GET_DIRTY_LOG, log), Ok(0));
            let written = [vec![0; 8 * words], vec![0xee; 8]].concat();
            assert_eq!(bitmap.read(0, 8 * words + 8), written);
        }
    });
}

/// The bits are cleared before they are copied to userspace.
#[test]
fn what_cannot_be_delivered_is_lost() {
    on_all(|device| {
        let mut machine = logged(device, code!["hlt", "mov byte ptr [0x3000], 1", "hlt"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        for address in [0, 1, 0xffff_8880_0000_0000_u64] {
            let mut log = kvm_dirty_log::default();
            log.__bindgen_anon_1.dirty_bitmap = address as *mut _;
            let answer = pass(as_fd(&machine.vm), KVM_GET_DIRTY_LOG, log);
            assert_eq!(answer, Err(Errno::EFAULT), "{address:#x}");
        }
        assert_eq!(dirty(&machine), Ok(vec![]));
    });
}

/// A write to read-only memory exits, and changes nothing.
#[test]
fn read_only_memory_stays_clean() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["mov byte ptr [0], 1", "hlt"]);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        let memory = Memory::new(RAM);
        let flags = KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY;
        set_region(as_fd(&machine.vm), 1, flags, 0x20000, &memory).unwrap();
        assert_eq!(machine.run(), Ok(Exit::write(0x20000, &[1])));
        assert_eq!(dirty_log(as_fd(&machine.vm), 1), Ok(vec![]));
    });
}
