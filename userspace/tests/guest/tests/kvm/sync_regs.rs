// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_CAP_SYNC_REGS`: registers in `kvm_run`.

use std::mem::offset_of;

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, on_all};
use kvm_bindings::{kvm_run, kvm_sync_regs};
use nix::errno::Errno;

const REGS: u64 = 1;
const SREGS: u64 = 2;
const EVENTS: u64 = 4;

fn valid(machine: &Machine, fields: u64) {
    let at = offset_of!(kvm_run, kvm_valid_regs);
    machine.mapping.write(at, &fields.to_le_bytes());
}

fn dirty(machine: &Machine, fields: u64) {
    let at = offset_of!(kvm_run, kvm_dirty_regs);
    machine.mapping.write(at, &fields.to_le_bytes());
}

fn is_dirty(machine: &Machine) -> u32 {
    machine.mapping.dword(offset_of!(kvm_run, kvm_dirty_regs))
}

#[test]
fn what_is_valid_is_written() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["inc eax", "hlt"]);
        valid(&machine, REGS | SREGS | EVENTS);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let (regs, sregs) = (machine.regs(), machine.sregs());
        let events = machine.fd.get_vcpu_events().unwrap();
        let sync = machine.fd.sync_regs();
        assert_eq!((sync.regs, sync.sregs, sync.events), (regs, sregs, events));
    });
}

#[test]
fn what_is_not_valid_stays() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        *machine.fd.sync_regs_mut() = kvm_sync_regs::default();
        valid(&machine, SREGS);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let sync = machine.fd.sync_regs();
        assert_eq!(sync.regs, Default::default());
        assert_ne!(sync.sregs, Default::default());
    });
}

/// Even if `KVM_RUN` fails.
#[test]
fn they_are_written_after_an_error() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        valid(&machine, REGS);
        machine.immediate_exit(1);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        let regs = machine.regs();
        assert_eq!(machine.fd.sync_regs().regs, regs);
    });
}

#[test]
fn what_is_dirty_is_read() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "out 0x10, al"]);
        let mut regs = machine.regs();
        regs.rip = CODE + 1;
        regs.rax = 7;
        machine.fd.sync_regs_mut().regs = regs;
        // KVM must not read this one.
        machine.fd.sync_regs_mut().sregs = Default::default();
        dirty(&machine, REGS);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[7])));
        assert_eq!(is_dirty(&machine), 0);

        let mut sregs = machine.sregs();
        sregs.es.base = 0x1234;
        machine.fd.sync_regs_mut().sregs = sregs;
        dirty(&machine, SREGS);
        machine.immediate_exit(1);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        assert_eq!(machine.sregs().es.base, 0x1234);
    });
}

#[test]
fn values_that_no_vcpu_can_have() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let mut sregs = machine.sregs();
        sregs.cr0 = 1 << 40;
        machine.fd.sync_regs_mut().sregs = sregs;
        machine.fd.sync_regs_mut().regs = machine.regs();
        dirty(&machine, REGS | SREGS);
        assert_eq!(machine.run(), Err(Errno::EINVAL));
        assert_eq!(is_dirty(&machine), SREGS as u32);
        assert_ne!(machine.sregs().cr0, 1 << 40);
    });
}

#[test]
fn fields_that_nobody_has() {
    on_all(|device| {
        for set in [valid, dirty] {
            for field in [8, 1 << 32, 1 << 63, u64::MAX] {
                let mut machine = Machine::new(device, code!["hlt"]);
                set(&machine, field);
                assert_eq!(machine.run(), Err(Errno::EINVAL), "{field:#x}");
                set(&machine, 0);
                assert_eq!(machine.run(), Ok(Exit::Halt));
            }
        }
    });
}
