// SPDX-License-Identifier: MIT OR Apache-2.0

//! Segments in `KVM_SET_SREGS`: KVM keeps what a VMCB can store, and
//! refuses nothing. Then the effect of a guest's own segment loads.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, Vcpu, on_all};
use kvm_bindings::{kvm_segment, kvm_sregs};

/// The largest limit with byte granularity.
const BYTES: u32 = 0xf_ffff;

#[test]
fn what_a_descriptor_can_hold_is_kept() {
    check(|segment| {
        segment.base = 0x1234_5678_9abc_def0;
        segment.limit = 0xffff_ffff;
        segment.g = 1;
        segment.selector = 0x4321;
        segment.dpl = 3;
        segment.db = 1;
        segment.avl = 1;
        *segment
    });
}

/// KVM drops the other bits.
#[test]
fn a_type_has_four_bits() {
    check(|segment| {
        segment.type_ = 0xff;
        kvm_segment {
            type_: 15,
            ..*segment
        }
    });
}

/// G follows from the limit, whatever userspace sets.
#[test]
fn granularity_follows_from_the_limit() {
    check(|segment| {
        segment.limit = BYTES;
        segment.g = 1;
        kvm_segment { g: 0, ..*segment }
    });
    check(|segment| {
        segment.limit = BYTES + 1;
        segment.g = 0;
        kvm_segment { g: 1, ..*segment }
    });
}

/// KVM stores one bit for both.
#[test]
fn unusable_is_not_present() {
    for (present, unusable) in [(0, 0), (0, 1), (1, 1)] {
        check(|segment| {
            (segment.present, segment.unusable) = (present, unusable);
            kvm_segment {
                present: 0,
                unusable: 1,
                ..*segment
            }
        });
    }
}

/// KVM sets the accessed bit of DS, ES, FS and GS.
#[test]
fn data_segments_are_accessed() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.change_sregs(|sregs| {
            for segment in [&mut sregs.ds, &mut sregs.es, &mut sregs.fs, &mut sregs.gs] {
                segment.type_ = 2;
            }
            sregs.ss.type_ = 2;
            sregs.cs.type_ = 10;
        });
        let sregs = vcpu.sregs();
        let types = [sregs.ds, sregs.es, sregs.fs, sregs.gs, sregs.ss, sregs.cs];
        assert_eq!(types.map(|segment| segment.type_), [3, 3, 3, 3, 2, 10]);
    });
}

/// In real mode, a load changes base and selector, nothing else.
#[test]
fn a_guest_loads_base_and_selector() {
    on_all(|device| {
        let code = code![
            "mov ax, 0x1234",
            "mov ds, ax",
            "mov es, ax",
            "mov fs, ax",
            "mov gs, ax",
            "mov ss, ax",
            ".byte 0xea, 0x13, 0x10, 0x00, 0x00", // jmp 0:0x1013
            "nop",
            "hlt",
        ];
        let mut machine = Machine::new(device, code);
        let before = machine.sregs();
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let after = machine.sregs();
        let loaded = |segment: kvm_segment| kvm_segment {
            base: 0x12340,
            selector: 0x1234,
            ..segment
        };
        assert_eq!(after.ds, loaded(before.ds));
        assert_eq!(after.es, loaded(before.es));
        assert_eq!(after.fs, loaded(before.fs));
        assert_eq!(after.gs, loaded(before.gs));
        assert_eq!(after.ss, loaded(before.ss));
        assert_eq!(after.cs, before.cs);
    });
}

/// A far jump gives CS a base that is 16 times its selector.
#[test]
fn a_guest_jumps_out_of_its_first_segment() {
    on_all(|device| {
        let code = code![
            ".byte 0xea, 0x08, 0x00, 0x00, 0x01",
            "nop",
            "nop",
            "nop",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| {
            sregs.cs.base = 0x800;
            sregs.cs.selector = 0x77;
        });
        machine.change_regs(|regs| regs.rip = CODE - 0x800);
        let before = machine.sregs();
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let cs = kvm_segment {
            base: 0x1000,
            selector: 0x100,
            ..before.cs
        };
        assert_eq!(machine.sregs(), kvm_sregs { cs, ..before });
        assert_eq!(machine.regs().rip, 9);
    });
}

/// `lgdt` and `lidt` load 24 bits of the base with 16-bit operands, and 32 bits otherwise.
#[test]
fn a_guest_loads_its_tables() {
    on_all(|device| {
        let code = code!["lidt [0x2000]", ".byte 0x66", "lgdt [0x2000]", "hlt"];
        let mut machine = Machine::new(device, code);
        machine
            .memory
            .write(0x2000, &[0xff, 0x03, 0x78, 0x56, 0x34, 0x12]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let sregs = machine.sregs();
        assert_eq!((sregs.idt.limit, sregs.idt.base), (0x3ff, 0x34_5678));
        assert_eq!((sregs.gdt.limit, sregs.gdt.base), (0x3ff, 0x1234_5678));
    });
}

/// Sets FS, and compares it with the segment that `change` returns.
fn check(change: impl Fn(&mut kvm_segment) -> kvm_segment) {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let mut expected = kvm_segment::default();
        vcpu.change_sregs(|sregs| expected = change(&mut sregs.fs));
        assert_eq!(vcpu.sregs().fs, expected);
    });
}
