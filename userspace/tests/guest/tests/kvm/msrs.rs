// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_MSRS` and `KVM_SET_MSRS`, of a vCPU and of the device.

use std::ffi::c_int;
use std::os::fd::AsFd;

use guest_tests::code;
use guest_tests::kvm::{Exit, List, Machine, Vcpu, as_fd, call, exchange, on_all};
use hiboma::kvm::{
    KVM_GET_MSR_FEATURE_INDEX_LIST, KVM_GET_MSRS, KVM_NMI, KVM_SET_MSRS, KvmMsrEntry, MSR_CSTAR,
    MSR_EFER, MSR_FS_BASE, MSR_GS_BASE, MSR_IA32_APICBASE, MSR_IA32_CR_PAT, MSR_IA32_MISC_ENABLE,
    MSR_IA32_SYSENTER_CS, MSR_IA32_SYSENTER_EIP, MSR_IA32_SYSENTER_ESP, MSR_IA32_TSC,
    MSR_KERNEL_GS_BASE, MSR_LSTAR, MSR_MTRR_DEF_TYPE, MSR_STAR, MSR_SYSCALL_MASK, MSR_TSC_AUX,
};
use nix::errno::Errno;

/// An MSR that no CPU has.
const UNKNOWN: u32 = 0x474f_4f00;

/// MSRs that accept and keep any value.
const ANY: [u32; 4] = [
    MSR_STAR,
    MSR_SYSCALL_MASK,
    MSR_IA32_SYSENTER_CS,
    MSR_IA32_MISC_ENABLE,
];

/// MSRs that accept and keep any canonical address.
const ADDRESSES: [u32; 5] = [
    MSR_LSTAR,
    MSR_CSTAR,
    MSR_KERNEL_GS_BASE,
    MSR_FS_BASE,
    MSR_GS_BASE,
];

fn list(entries: &[(u32, u64)]) -> List<KvmMsrEntry> {
    let mut list = List::<KvmMsrEntry>::default();
    list.length = entries.len() as u32;
    for (to, (index, data)) in list.entries.iter_mut().zip(entries) {
        (to.index, to.data) = (*index, *data);
    }
    list
}

fn set(fd: impl AsFd, entries: &[(u32, u64)]) -> nix::Result<c_int> {
    exchange(fd, KVM_SET_MSRS, &mut list(entries))
}

/// Returns the number of MSRs read, and the values of all entries.
fn get(fd: impl AsFd, indices: &[u32]) -> nix::Result<(c_int, Vec<u64>)> {
    let entries: Vec<_> = indices.iter().map(|index| (*index, 7)).collect();
    let mut list = list(&entries);
    let read = exchange(fd, KVM_GET_MSRS, &mut list)?;
    let data = list.entries.iter().take(indices.len());
    Ok((read, data.map(|entry| entry.data).collect()))
}

fn get_one(vcpu: &Vcpu, index: u32) -> u64 {
    let (read, data) = get(as_fd(vcpu), &[index]).unwrap();
    assert_eq!(read, 1, "{index:#x}");
    data[0]
}

#[test]
fn after_reset() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let expected = [
            (MSR_STAR, 0),
            (MSR_LSTAR, 0),
            (MSR_CSTAR, 0),
            (MSR_SYSCALL_MASK, 0),
            (MSR_KERNEL_GS_BASE, 0),
            (MSR_TSC_AUX, 0),
            (MSR_IA32_SYSENTER_CS, 0),
            (MSR_IA32_SYSENTER_ESP, 0),
            (MSR_IA32_SYSENTER_EIP, 0),
            (MSR_IA32_CR_PAT, 0x0007_0406_0007_0406),
            (MSR_IA32_MISC_ENABLE, 0x1800),
            (MSR_MTRR_DEF_TYPE, 0),
            (MSR_EFER, 0),
            (MSR_IA32_APICBASE, 0xfee0_0900),
            (MSR_FS_BASE, 0),
            (MSR_GS_BASE, 0),
        ];
        for (index, value) in expected {
            assert_eq!(get_one(&vcpu, index), value, "{index:#x}");
        }
    });
}

#[test]
fn what_is_written_is_read() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        for (indices, value) in [
            (&ANY[..], 0x1234_5678_9abc_def0),
            (&ADDRESSES, 0xffff_8765_4321_0000),
            (&[MSR_IA32_CR_PAT], 0x0001_0405_0607_0001),
            (&[MSR_MTRR_DEF_TYPE], 0xc06),
            (&[MSR_EFER], 0xd01 & !0x400),
            (&[MSR_IA32_SYSENTER_ESP, MSR_IA32_SYSENTER_EIP], 0x1234_5678),
        ] {
            for &index in indices {
                assert_eq!(set(as_fd(&vcpu), &[(index, value)]), Ok(1), "{index:#x}");
                assert_eq!(get_one(&vcpu, index), value, "{index:#x}");
            }
        }
        // Only 32 bits are kept. KVM lacks this MSR if the CPU has no `rdtscp`.
        let written = set(as_fd(&vcpu), &[(MSR_TSC_AUX, 0x1_0000_0005)]).unwrap();
        assert!(written == 1 || device.path == "/dev/kvm");
        assert_eq!(get_one(&vcpu, MSR_TSC_AUX), 5 * written as u64);
    });
}

/// Both interfaces access the same register.
#[test]
fn some_are_special_registers_too() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let written = [
            (MSR_FS_BASE, 0x1000),
            (MSR_GS_BASE, 0x2000),
            (MSR_EFER, 1),
            (MSR_IA32_APICBASE, 0xfee0_0000),
        ];
        assert_eq!(set(as_fd(&vcpu), &written), Ok(4));
        let sregs = vcpu.sregs();
        let read = [sregs.fs.base, sregs.gs.base, sregs.efer, sregs.apic_base];
        assert_eq!(read, written.map(|(_, value)| value));
        vcpu.change_sregs(|sregs| sregs.fs.base = 0x3000);
        assert_eq!(get_one(&vcpu, MSR_FS_BASE), 0x3000);
    });
}

#[test]
fn values_that_an_msr_cannot_have() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let wrong = ADDRESSES.map(|index| (index, 1 << 62)).into_iter();
        let wrong = wrong.chain([
            (MSR_IA32_CR_PAT, 2),
            (MSR_IA32_CR_PAT, 3 << 56),
            (MSR_IA32_CR_PAT, 8),
            (MSR_MTRR_DEF_TYPE, 2),
            (MSR_MTRR_DEF_TYPE, 1 << 9),
            (MSR_EFER, 1 << 1),
            (MSR_EFER, 1 << 63),
            (MSR_IA32_APICBASE, 1),
            (UNKNOWN, 0),
        ]);
        for (index, value) in wrong {
            // The entries before the wrong one are written.
            let star = u64::from(index) ^ value;
            let entries = [(MSR_STAR, star), (index, value), (MSR_STAR, 77)];
            assert_eq!(set(as_fd(&vcpu), &entries), Ok(1), "{index:#x} {value:#x}");
            assert_eq!(get_one(&vcpu, MSR_STAR), star);
        }
    });
}

#[test]
fn reading_ends_at_the_first_that_is_unknown() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        assert_eq!(get(as_fd(&vcpu), &[]), Ok((0, vec![])));
        let (read, data) = get(as_fd(&vcpu), &[MSR_STAR, UNKNOWN, MSR_STAR]).unwrap();
        assert_eq!((read, data[0], data[2]), (1, 0, 7));
    });
}

#[test]
fn fewer_than_256() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        for number in [KVM_GET_MSRS, KVM_SET_MSRS] {
            for length in [256, 257, u32::MAX] {
                let mut list = list(&[(MSR_STAR, 0)]);
                list.length = length;
                let answer = exchange(as_fd(&vcpu), number, &mut list);
                assert_eq!(answer, Err(Errno::E2BIG), "{length}");
            }
        }
        assert_eq!(set(as_fd(&vcpu), &[(MSR_STAR, 1); 255]), Ok(255));
    });
}

/// The guest's TSC continues from the value that userspace sets.
#[test]
fn the_time_stamp_counter() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let first = get_one(&vcpu, MSR_IA32_TSC);
        assert!(get_one(&vcpu, MSR_IA32_TSC) > first);
        let start = 1 << 60;
        assert_eq!(set(as_fd(&vcpu), &[(MSR_IA32_TSC, start)]), Ok(1));
        let now = get_one(&vcpu, MSR_IA32_TSC);
        assert!(now > start && now < start + (1 << 40), "{now:#x}");
    });
}

/// `KVM_GET_MSRS` on the device, for the MSRs of its feature list.
#[test]
fn features() {
    on_all(|device| {
        let file = device.file();
        let mut list = [0u32; 100];
        list[0] = 99;
        assert_eq!(
            exchange(&file, KVM_GET_MSR_FEATURE_INDEX_LIST, &mut list),
            Ok(0)
        );
        let features = &list[1..][..list[0] as usize];
        assert!(!features.is_empty());
        let all = features.len() as c_int;
        assert_eq!(get(&file, features).unwrap().0, all);
        // An MSR of `KVM_GET_MSR_INDEX_LIST` that is no feature reads as 0.
        assert_eq!(get(&file, &[MSR_STAR, UNKNOWN]).unwrap(), (1, vec![0, 0]));

        list[0] = 0;
        let answer = exchange(&file, KVM_GET_MSR_FEATURE_INDEX_LIST, &mut list);
        assert_eq!((answer, list[0]), (Err(Errno::E2BIG), all as u32));
    });
}

/// On AMD's CPUs, KVM clears the VMCB at a shutdown, and keeps most of these MSRs nowhere else.
#[test]
fn after_a_shutdown() {
    on_all(|device| {
        let lost = [
            (MSR_STAR, 0x1234_5678_9abc_def0),
            (MSR_LSTAR, 0x1111),
            (MSR_CSTAR, 0x2222),
            (MSR_SYSCALL_MASK, 0x3333),
            (MSR_KERNEL_GS_BASE, 0x4444),
            (MSR_IA32_SYSENTER_CS, 0x5555),
            (MSR_IA32_SYSENTER_ESP, 0x6666),
            (MSR_IA32_SYSENTER_EIP, 0x7777),
        ];
        let kept = [
            (MSR_IA32_CR_PAT, 0x0001_0405_0607_0001),
            (MSR_MTRR_DEF_TYPE, 0xc06),
            (MSR_IA32_MISC_ENABLE, 0x1801),
        ];
        let start = 1 << 60;
        // The guest's exception, and an NMI of userspace, without a vector table.
        for with_nmi in [false, true] {
            let mut machine = Machine::new(device, code!["int3"]);
            machine.change_sregs(|sregs| sregs.idt.limit = 0);
            assert_eq!(set(as_fd(&machine.vcpu), &lost), Ok(8));
            assert_eq!(set(as_fd(&machine.vcpu), &kept), Ok(3));
            assert_eq!(set(as_fd(&machine.vcpu), &[(MSR_IA32_TSC, start)]), Ok(1));
            if with_nmi {
                call(as_fd(&machine.vcpu), KVM_NMI, 0).unwrap();
            }
            assert_eq!(machine.run(), Ok(Exit::Shutdown));
            for (index, _) in lost {
                assert_eq!(get_one(&machine, index), 0, "{index:#x}");
            }
            for (index, value) in kept {
                assert_eq!(get_one(&machine, index), value, "{index:#x}");
            }
            assert!(get_one(&machine, MSR_IA32_TSC) > start);
        }
    });
}
