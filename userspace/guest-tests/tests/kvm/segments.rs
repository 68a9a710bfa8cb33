// SPDX-License-Identifier: MIT OR Apache-2.0

//! Segments in `KVM_SET_SREGS`: they are kept as a VMCB keeps them, and nothing is refused.

use guest_tests::kvm::{Vcpu, on_both};
use kvm_bindings::kvm_segment;

/// The largest limit that is counted in bytes.
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

/// What is over is cut off.
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

/// G is made to say how the limit is to be read.
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

/// KVM has one bit of the two.
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

/// A segment that is in use has been accessed.
#[test]
fn data_segments_are_accessed() {
    on_both(|device| {
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

/// Sets FS, and compares it with what should have become of it.
fn check(change: impl Fn(&mut kvm_segment) -> kvm_segment) {
    on_both(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let mut expected = kvm_segment::default();
        vcpu.change_sregs(|sregs| expected = change(&mut sregs.fs));
        assert_eq!(vcpu.sregs().fs, expected);
    });
}
