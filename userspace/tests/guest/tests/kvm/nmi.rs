// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_NMI`.

use guest_tests::kvm::{Exit, Machine, Mode, as_fd, call, on_all, on_hardware};
use guest_tests::{code, code64};
use hiboma::kvm::KVM_NMI;

use crate::interrupts::{machine, told};

const TF: u64 = 1 << 8;

#[test]
fn an_nmi_comes_whatever_the_flags() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        assert_eq!(call(as_fd(&machine.vcpu), KVM_NMI, 0), Ok(0));
        assert_eq!(machine.run(), told(2));
        assert_eq!(machine.run(), told(0x10));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// One NMI is delivered, one stays pending until the handler's `iret`, and a third is lost.
#[test]
fn two_nmis_and_no_more() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        for _ in 0..3 {
            assert_eq!(call(as_fd(&machine.vcpu), KVM_NMI, 0), Ok(0));
        }
        assert_eq!(machine.run(), told(2));
        assert_eq!(machine.run(), told(2));
        assert_eq!(machine.run(), told(0x10));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// The second NMI interrupts the same code as the first, not the `iret` of the first's handler.
#[test]
fn the_second_nmi_comes_after_the_iret_of_the_first() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        let handler = code!["pop ax", "push ax", "out 2, ax", "iret"];
        machine.memory.write(0x2000, handler);
        two_nmis(&mut machine, Exit::out(2, &[0, 0x10]));
    });
    on_hardware(|device| {
        let mut machine = Machine::in_mode(device, Mode::Long, code64!["out 0x10, al", "hlt"]);
        machine.change_regs(|regs| regs.rsp = 0x8000);
        // The 64-bit code and the data of this mode, and the gate of the NMI.
        for (at, qword) in [
            (0x6008, 0x00af_9b00_0000_ffff_u64),
            (0x6010, 0x00cf_9300_0000_ffff),
            (0x6120, 0x8e00_0008_7000),
        ] {
            machine.memory.write(at, &qword.to_le_bytes());
        }
        machine.change_sregs(|sregs| {
            (sregs.gdt.base, sregs.gdt.limit) = (0x6000, 0x17);
            (sregs.idt.base, sregs.idt.limit) = (0x6100, 0x2f);
        });
        let handler = code64!["mov eax, [rsp]", "out 2, ax", "xor eax, eax", "iretq"];
        machine.memory.write(0x7000, handler);
        two_nmis(&mut machine, Exit::out(2, &[0, 0x10]));
        assert_eq!(machine.regs().rflags & TF, 0);
    });
}

/// Queues two NMIs. Both handlers make this exit, and then the interrupted code runs.
fn two_nmis(machine: &mut Machine, handler: Exit) {
    for _ in 0..2 {
        call(as_fd(&machine.vcpu), KVM_NMI, 0).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(machine.run(), Ok(handler.clone()));
    }
    assert!(matches!(machine.run(), Ok(Exit::Out { port: 0x10, .. })));
    assert_eq!(machine.run(), Ok(Exit::Halt));
}

#[test]
fn an_nmi_while_another_is_handled() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        assert_eq!(call(as_fd(&machine.vcpu), KVM_NMI, 0), Ok(0));
        assert_eq!(machine.run(), told(2));
        for _ in 0..2 {
            assert_eq!(call(as_fd(&machine.vcpu), KVM_NMI, 0), Ok(0));
        }
        assert_eq!(machine.run(), told(2));
        assert_eq!(machine.run(), told(0x10));
    });
}
