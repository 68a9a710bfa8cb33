// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_FPU`, `KVM_GET_XSAVE`, `KVM_GET_XCRS`, and their counterparts: the x87 and SSE registers.

use guest_tests::kvm::{Vcpu, as_fd, ask, on_all, pass};
use hiboma::kvm::{
    KVM_GET_XSAVE, KVM_GET_XSAVE2, KVM_SET_XCRS, KVM_SET_XSAVE, KvmXcr, KvmXcrs, KvmXsave,
};
use kvm_bindings::kvm_fpu;
use nix::errno::Errno;
use zerocopy::IntoBytes;

/// Indexes into `kvm_xsave`'s `region`, an array of 32-bit words.
const MXCSR: usize = 24 / 4;
const ST: usize = 32 / 4;
const XMM: usize = 160 / 4;
const HEADER: usize = 512 / 4;

fn fpu() -> kvm_fpu {
    kvm_fpu {
        fpr: std::array::from_fn(|i| [i as u8 + 1; 16]),
        xmm: std::array::from_fn(|i| [i as u8 + 100; 16]),
        fcw: 0x27f,
        fsw: 0x3800,
        ftwx: 0x81,
        last_opcode: 0x123,
        last_ip: 0x1234_5678,
        last_dp: 0x8765_4321,
        ..kvm_fpu::default()
    }
}

fn xsave(vcpu: &Vcpu, number: u32) -> [u32; 1024] {
    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Region([u32; 1024]);
    impl Default for Region {
        fn default() -> Self {
            Region([0x5555_5555; 1024])
        }
    }
    ask::<Region>(as_fd(vcpu), number).unwrap().0
}

fn set_xsave(vcpu: &Vcpu, region: [u32; 1024]) -> nix::Result<()> {
    pass(as_fd(vcpu), KVM_SET_XSAVE, KvmXsave { region }).map(drop)
}

#[test]
fn after_reset() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let fpu = vcpu.fd.get_fpu().unwrap();
        let expected = kvm_fpu {
            fcw: 0x37f,
            ..kvm_fpu::default()
        };
        assert_eq!(fpu, expected);
        let region = xsave(&vcpu, KVM_GET_XSAVE);
        assert_eq!((region[0], region[MXCSR]), (0x37f, 0x1f80));
        assert_eq!(region[ST..ST + 96], [0; 96]);
    });
}

/// Except MXCSR: `KVM_SET_FPU` ignores that field.
#[test]
fn what_is_set_is_got() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let set = kvm_fpu {
            mxcsr: 0x1f00,
            ..fpu()
        };
        vcpu.fd.set_fpu(&set).unwrap();
        assert_eq!(vcpu.fd.get_fpu().unwrap(), fpu());
    });
}

#[test]
fn xsave_has_the_same_registers() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let mut region = xsave(&vcpu, KVM_GET_XSAVE);
        region[HEADER] = 3;
        region[MXCSR] = 0x1fa0;
        region[ST] = 0x1111;
        region[XMM] = 0x2222;
        set_xsave(&vcpu, region).unwrap();

        let fpu = vcpu.fd.get_fpu().unwrap();
        assert_eq!(fpu.fpr[0][..4], 0x1111u32.to_le_bytes());
        assert_eq!(fpu.xmm[0][..4], 0x2222u32.to_le_bytes());
        for number in [KVM_GET_XSAVE, KVM_GET_XSAVE2] {
            let got = xsave(&vcpu, number);
            assert_eq!(got[..XMM + 64], region[..XMM + 64]);
            assert_eq!(got[HEADER..], region[HEADER..]);
        }
    });
}

/// A component whose bit in the header is 0 is reset.
#[test]
fn what_xsave_does_not_have_is_reset() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        for features in [0, 1, 2] {
            let mut region = xsave(&vcpu, KVM_GET_XSAVE);
            region[HEADER] = 3;
            region[MXCSR] = 0x1fa0;
            region[ST] = 0x1111;
            region[XMM] = 0x2222;
            set_xsave(&vcpu, region).unwrap();
            region[HEADER] = features;
            set_xsave(&vcpu, region).unwrap();
            let got = xsave(&vcpu, KVM_GET_XSAVE);
            let st = if features == 1 { 0x1111 } else { 0 };
            let xmm = if features == 2 { 0x2222 } else { 0 };
            assert_eq!((got[ST], got[XMM]), (st, xmm), "{features}");
        }
    });
}

#[test]
fn reserved_bits_of_xsave() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let mut before = xsave(&vcpu, KVM_GET_XSAVE);
        before[HEADER] = 3;
        set_xsave(&vcpu, before).unwrap();
        // Features that no CPU has; the compacted format; reserved words of the header; MXCSR.
        let wrong = [
            (HEADER + 1, 1 << 30),
            (HEADER + 3, 1 << 31),
            (HEADER + 5, 1),
            (MXCSR, 1 << 17),
        ];
        for (word, bits) in wrong {
            let mut region = before;
            region[XMM] = 7;
            region[word] |= bits;
            assert_eq!(set_xsave(&vcpu, region), Err(Errno::EINVAL), "{word}");
            assert_eq!(xsave(&vcpu, KVM_GET_XSAVE)[XMM], 0);
        }
    });
}

#[test]
fn xcr0_is_1() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let got = vcpu.fd.get_xcrs().unwrap();
        assert_eq!((got.nr_xcrs, got.flags), (1, 0));
        assert_eq!((got.xcrs[0].xcr, got.xcrs[0].value), (0, 1));

        let set = |nr_xcrs, flags, xcr, value| {
            let mut xcrs = KvmXcrs {
                nr_xcrs,
                flags,
                ..KvmXcrs::default()
            };
            xcrs.xcrs[0] = KvmXcr {
                xcr,
                reserved: 0,
                value,
            };
            pass(as_fd(&vcpu), KVM_SET_XCRS, xcrs)
        };
        assert_eq!(set(1, 0, 0, 1), Ok(0));
        // Without CPUID entries a vCPU supports only x87 (bit 0), and that bit must be set.
        for value in [0, 2, 3, 7, 1 << 63] {
            assert_eq!(set(1, 0, 0, value), Err(Errno::EINVAL), "{value:#x}");
        }
        // KVM ignores other XCRs, and accepts an empty list.
        assert_eq!(set(1, 0, 1, 0), Ok(0));
        assert_eq!(set(0, 0, 0, 0), Ok(0));
        assert_eq!(set(17, 0, 0, 1), Err(Errno::EINVAL));
        assert_eq!(set(1, 1, 0, 1), Err(Errno::EINVAL));
        let now = vcpu.fd.get_xcrs().unwrap();
        assert_eq!(now.xcrs[0].value.as_bytes(), 1u64.as_bytes());
    });
}
