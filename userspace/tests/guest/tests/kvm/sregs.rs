// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_SREGS` and `KVM_SET_SREGS`: control registers, descriptor tables, invalid values.

use guest_tests::kvm::{Vcpu, on_all};
use kvm_bindings::{kvm_dtable, kvm_segment, kvm_sregs};
use nix::errno::Errno;

const CR0_PE: u64 = 1 << 0;
const CR0_NW: u64 = 1 << 29;
const CR0_CD: u64 = 1 << 30;
const CR0_PG: u64 = 1 << 31;

/// A change to the special registers.
type Change = fn(&mut kvm_sregs);

/// The state after a reset. CS:RIP is the entry point of a PC's firmware.
#[test]
fn at_reset_it_is_in_real_mode() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let data = kvm_segment {
            limit: 0xffff,
            type_: 3,
            present: 1,
            s: 1,
            ..kvm_segment::default()
        };
        let table = kvm_dtable {
            limit: 0xffff,
            ..kvm_dtable::default()
        };
        let reset = kvm_sregs {
            cs: kvm_segment {
                base: 0xffff_0000,
                selector: 0xf000,
                type_: 10,
                ..data
            },
            ds: data,
            es: data,
            fs: data,
            gs: data,
            ss: kvm_segment { type_: 2, ..data },
            tr: kvm_segment { s: 0, ..data },
            ldt: kvm_segment {
                type_: 2,
                s: 0,
                ..data
            },
            gdt: table,
            idt: table,
            cr0: 0x6000_0010,
            apic_base: 0xfee0_0900,
            ..kvm_sregs::default()
        };
        let first = Vcpu::create(&vm, 0);
        assert_eq!(first.sregs(), reset);
        // Userspace can also set this state.
        first.fd.set_sregs(&reset).unwrap();
        assert_eq!(first.sregs(), reset);

        // Only the first vCPU's APIC base has the bit of the bootstrap processor.
        let other = kvm_sregs {
            apic_base: 0xfee0_0800,
            ..reset
        };
        assert_eq!(Vcpu::create(&vm, 1).sregs(), other);
    });
}

#[test]
fn what_is_set_is_there() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let table = |base, limit| kvm_dtable {
            base,
            limit,
            ..kvm_dtable::default()
        };
        let set = kvm_sregs {
            gdt: table(0x1234_5678, 0x17),
            idt: table(0x5000, 0x3ff),
            cr0: 0x10,
            cr2: 0x1122_3344_5566_7788,
            cr3: 0x1000,
            cr8: 5,
            apic_base: 0xfee0_0900,
            ..vcpu.sregs()
        };
        vcpu.fd.set_sregs(&set).unwrap();
        assert_eq!(vcpu.sregs(), set);
    });
}

/// Each of these fails with `EINVAL`, and then KVM changes no other register either.
#[test]
fn what_no_processor_can_be_in_is_refused_whole() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let before = vcpu.sregs();
        let refused: [(&str, Change); 14] = [
            ("paging without protection", |s| s.cr0 |= CR0_PG),
            ("NW without CD", |s| s.cr0 = CR0_NW),
            ("a bit of the upper half", |s| s.cr0 |= 1 << 32),
            ("CR4 has 64 bits", |s| s.cr4 |= 1 << 63),
            ("CR4.VMXE", |s| s.cr4 |= 1 << 13),
            ("CR4.OSXSAVE", |s| s.cr4 |= 1 << 18),
            ("EFER.LME, which its cpuid has not", |s| s.efer = 1 << 8),
            ("EFER.LMA", |s| s.efer = 1 << 10),
            ("EFER.LME and LMA", |s| s.efer = 0x500),
            ("EFER.NX, which its cpuid has not", |s| s.efer = 1 << 11),
            ("EFER has 64 bits", |s| s.efer = 1 << 63),
            ("a 64-bit code segment", |s| s.cs.l = 1),
            ("x2APIC", |s| s.apic_base = 0xfee0_0c00),
            ("APIC reserved bits", |s| s.apic_base |= 1),
        ];
        for (what, change) in refused {
            let mut sregs = before;
            sregs.cr2 = 0x77;
            sregs.ds.base = 0x7700;
            change(&mut sregs);
            let errno = vcpu.fd.set_sregs(&sregs).err().map(|error| error.errno());
            assert_eq!(errno, Some(Errno::EINVAL as i32), "{what}");
            assert_eq!(vcpu.sregs(), before, "{what}");
        }
    });
}

/// These states are unusual but valid.
#[test]
fn what_a_processor_can_be_in_is_taken() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let before = vcpu.sregs();
        let taken: [(&str, Change); 13] = [
            ("CR0 0", |s| s.cr0 = 0),
            ("all of CR0 but PE and PG", |s| s.cr0 = 0x7fff_fffe),
            ("CD without NW", |s| s.cr0 = CR0_CD),
            ("protected mode", |s| s.cr0 |= CR0_PE),
            ("with paging", |s| s.cr0 |= CR0_PE | CR0_PG),
            ("CR3", |s| s.cr3 = u64::MAX),
            ("CR2", |s| s.cr2 = u64::MAX),
            ("CR4.VME", |s| s.cr4 = 1),
            ("CR4.PAE", |s| s.cr4 = 1 << 5),
            ("CR4.OSFXSR", |s| s.cr4 = 1 << 9),
            ("EFER.SCE", |s| s.efer = 1),
            ("no APIC", |s| s.apic_base = 0),
            ("APIC elsewhere", |s| s.apic_base = 0x1234_5900),
        ];
        for (what, change) in taken {
            let mut sregs = before;
            change(&mut sregs);
            vcpu.fd.set_sregs(&sregs).expect(what);
            assert_eq!(vcpu.sregs(), sregs, "{what}");
        }
    });
}

/// A CR8 above 15 is ignored without an error, unlike other invalid values.
#[test]
fn a_wrong_cr8_is_ignored() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.change_sregs(|sregs| sregs.cr8 = 5);
        for cr8 in [16, u64::MAX] {
            vcpu.change_sregs(|sregs| sregs.cr8 = cr8);
            assert_eq!(vcpu.sregs().cr8, 5);
        }
    });
}

/// TR is busy even if it is not present.
#[test]
fn all_zeros() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.fd.set_sregs(&kvm_sregs::default()).unwrap();
        let absent = kvm_segment {
            unusable: 1,
            ..kvm_segment::default()
        };
        let sregs = vcpu.sregs();
        assert_eq!([sregs.cs, sregs.ds, sregs.ldt], [absent; 3]);
        assert_eq!(sregs.tr, kvm_segment { type_: 2, ..absent });
    });
}

/// AMD's CPUs may leave `db` set, and Intel's refuse it: KVM clears it for a migration.
#[test]
fn an_unusable_stack_segment_has_no_db() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        for unusable in [0, 1] {
            vcpu.change_sregs(|sregs| {
                for segment in [&mut sregs.ss, &mut sregs.ds] {
                    segment.unusable = unusable;
                    segment.present = 1 - unusable;
                    segment.db = 1;
                }
            });
            let sregs = vcpu.sregs();
            assert_eq!((sregs.ss.db, sregs.ds.db), (1 - unusable, 1));
        }
    });
}
