// SPDX-License-Identifier: MIT OR Apache-2.0

//! The next `KVM_RUN` completes the work that an exit has
//! left. Userspace may have changed the registers by then.

use guest_tests::code;
use guest_tests::kvm::{CODE, Device, Exit, Machine, on_all};
use nix::errno::Errno;

fn machine(device: &Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    machine
}

/// `immediate_exit` gives a VMM consistent registers: see `Documentation/virt/kvm/api.rst`.
#[test]
fn immediate_exit_completes_and_goes_no_further() {
    on_all(|device| {
        let code = code!["in al, 0x10", "mov bl, [0x10]", "out 0x10, al", "hlt"];
        let mut machine = machine(device, code);
        for (answer, ip) in [(0x11, 2), (0x22, 6), (0, 8)] {
            machine.run().unwrap();
            let reason = machine.exit_reason();
            machine.answer(&[answer]);
            machine.immediate_exit(1);
            assert_eq!(machine.run(), Err(Errno::EINTR));
            assert_eq!(machine.exit_reason(), reason);
            assert_eq!(machine.regs().rip, CODE + ip);
            // The second run has nothing left to complete.
            assert_eq!(machine.run(), Err(Errno::EINTR));
            assert_eq!(machine.regs().rip, CODE + ip);
            machine.immediate_exit(0);
        }
        assert_eq!((machine.regs().rax, machine.regs().rbx), (0x11, 0x22));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn immediate_exit_completes_a_repeated_ins() {
    on_all(|device| {
        let code = code!["mov di, 0x2000", "mov cx, 3", "rep insb", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.run().unwrap();
        machine.answer(b"abc");
        machine.immediate_exit(1);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        assert_eq!(machine.memory.read(0x2000, 4), b"abc\0");
        let regs = machine.regs();
        assert_eq!((regs.rcx, regs.rdi, regs.rip), (0, 0x2003, CODE + 6));
        machine.immediate_exit(0);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// The value is merged into the RAX of that moment.
#[test]
fn an_in_completes_into_the_registers_as_they_are() {
    on_all(|device| {
        let mut machine = machine(device, code!["in al, 0x10", "hlt"]);
        machine.run().unwrap();
        machine.answer(&[0x5a]);
        machine.change_regs(|regs| regs.rax = 0x7700);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x775a);
    });
}

/// Userspace that sets another RIP does not want the access completed.
#[test]
fn a_port_access_is_dropped_when_rip_is_moved() {
    on_all(|device| {
        for code in [
            code!["in al, 0x10", "hlt", "nop", "out 0x20, al", "hlt"],
            code!["out 0x10, al", "hlt", "nop", "out 0x20, al", "hlt"],
        ] {
            let mut machine = machine(device, code);
            machine.run().unwrap();
            machine.answer(&[0x5a]);
            machine.change_regs(|regs| (regs.rip, regs.rax) = (CODE + 4, 1));
            assert_eq!(machine.run(), Ok(Exit::out(0x20, &[1])));
            assert_eq!(machine.run(), Ok(Exit::Halt));
            assert_eq!(machine.regs().rip, CODE + 7);
        }
    });
}

/// `KVM_SET_SREGS` in between does not disturb it.
#[test]
fn a_read_completes_after_sregs_are_set() {
    on_all(|device| {
        let mut machine = machine(device, code!["mov al, [0x10]", "hlt"]);
        machine.run().unwrap();
        machine.answer(&[0x5a]);
        machine.change_sregs(|sregs| sregs.cr2 = 5);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x5a);
    });
}

/// After `KVM_SET_REGS`, KVM's emulator still moves RIP behind
/// the instruction, but drops the value that it was loading.
#[test]
fn a_read_and_set_regs() {
    on_all(|device| {
        let mut machine = machine(device, code!["mov al, [0x10]", "hlt"]);
        machine.run().unwrap();
        machine.answer(&[0x5a]);
        machine.change_regs(|regs| regs.rax = 0x7700);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let expected = match device.differs("KVM_SET_REGS while a read waits") {
            false => 0x7700,
            true => 0x775a,
        };
        assert_eq!(machine.regs().rax, expected);
    });
}

/// KVM's emulator ignores the new RIP.
#[test]
fn a_read_and_another_rip() {
    on_all(|device| {
        let code = code!["mov al, [0x10]", "hlt", "mov bl, [0x11]", "hlt"];
        let mut machine = machine(device, code);
        machine.run().unwrap();
        machine.answer(&[0x5a]);
        machine.change_regs(|regs| regs.rip = CODE + 4);
        let exit = machine.run();
        match device.differs("KVM_SET_REGS while a read waits") {
            false => assert_eq!(exit, Ok(Exit::Halt)),
            true => {
                let (address, length) = (0x20011, 1);
                assert_eq!(exit, Ok(Exit::Read { address, length }));
            }
        }
        assert_eq!((machine.regs().rip, machine.regs().rax), (CODE + 4, 0));
    });
}

/// The exit stays pending until the guest runs.
#[test]
fn what_is_wrong_with_kvm_run_leaves_the_exit_pending() {
    on_all(|device| {
        let mut machine = machine(device, code!["in al, 0x10", "hlt"]);
        machine.run().unwrap();
        machine.answer(&[0x5a]);
        let at = std::mem::offset_of!(kvm_bindings::kvm_run, cr8);
        machine.mapping.write(at, &[16]);
        assert_eq!(machine.run(), Err(Errno::EINVAL));
        assert_eq!(machine.regs().rip, CODE);
        machine.mapping.write(at, &[0]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x5a);
    });
}
