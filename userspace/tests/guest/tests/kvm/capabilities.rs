// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_CHECK_EXTENSION`, on the device and on a VM.

use std::os::fd::{AsFd, BorrowedFd};
use std::thread::available_parallelism;

use guest_tests::kvm::{DIFFERENCES, Device, call, create, on_all};
use hiboma::kvm::{KVM_CHECK_EXTENSION, KVM_CREATE_VM};

/// Contains every capability number that KVM has assigned.
const ALL: std::ops::Range<u64> = 0..300;

/// The capabilities that both devices have, except `KVM_CAP_NR_VCPUS`.
const BOTH: [(u64, i32); 39] = [
    (3, 1),      // KVM_CAP_USER_MEMORY
    (4, 1),      // KVM_CAP_SET_TSS_ADDR
    (7, 1),      // KVM_CAP_EXT_CPUID
    (10, 32764), // KVM_CAP_NR_MEMSLOTS
    (14, 1),     // KVM_CAP_MP_STATE
    (15, 2),     // KVM_CAP_COALESCED_MMIO
    (16, 1),     // KVM_CAP_SYNC_MMU
    (21, 1),     // KVM_CAP_DESTROY_MEMORY_REGION_WORKS
    (22, 1),     // KVM_CAP_USER_NMI
    (23, 1),     // KVM_CAP_SET_GUEST_DEBUG
    (30, 1),     // KVM_CAP_JOIN_MEMORY_REGIONS_WORKS
    (36, 1),     // KVM_CAP_IOEVENTFD
    (37, 1),     // KVM_CAP_SET_IDENTITY_MAP_ADDR
    (39, 14),    // KVM_CAP_ADJUST_CLOCK
    (40, 1),     // KVM_CAP_INTERNAL_ERROR_DATA
    (41, 1),     // KVM_CAP_VCPU_EVENTS
    (50, 1),     // KVM_CAP_DEBUGREGS
    (51, 1),     // KVM_CAP_X86_ROBUST_SINGLESTEP
    (54, 1),     // KVM_CAP_ENABLE_CAP
    (55, 1),     // KVM_CAP_XSAVE
    (56, 1),     // KVM_CAP_XCRS
    (61, 1),     // KVM_CAP_GET_TSC_KHZ
    (66, 1024),  // KVM_CAP_MAX_VCPUS
    (74, 7),     // KVM_CAP_SYNC_REGS
    (81, 1),     // KVM_CAP_READONLY_MEM
    (95, 1),     // KVM_CAP_EXT_EMUL_CPUID
    (98, 1),     // KVM_CAP_ENABLE_CAP_VM
    (100, 1),    // KVM_CAP_IOEVENTFD_NO_LENGTH
    (105, 1),    // KVM_CAP_CHECK_EXTENSION_VM
    (122, 1),    // KVM_CAP_IOEVENTFD_ANY_LENGTH
    (128, 4096), // KVM_CAP_MAX_VCPU_ID
    (136, 1),    // KVM_CAP_IMMEDIATE_EXIT
    (153, 1),    // KVM_CAP_GET_MSR_FEATURES
    (162, 1),    // KVM_CAP_COALESCED_PIO
    (182, 1),    // KVM_CAP_HALT_POLL
    (190, 1),    // KVM_CAP_ENFORCE_PV_FEATURE_CPUID
    (204, 1),    // KVM_CAP_EXIT_ON_EMULATION_FAILURE
    (208, 4096), // KVM_CAP_XSAVE2
    (231, 1),    // KVM_CAP_USER_MEMORY2
];

/// `KVM_CAP_NR_VCPUS`: the number of online CPUs.
const NR_VCPUS: u64 = 9;

#[test]
fn what_hiboma_has_it_has_as_kvm() {
    on_all(|device| {
        for (capability, value) in BOTH {
            assert_eq!(check(device, capability), [value; 2], "{capability}");
        }
        let processors = available_parallelism().unwrap().get() as i32;
        assert_eq!(check(device, NR_VCPUS), [processors; 2]);
    });
}

/// The table of differences lists each missing capability by number and name.
#[test]
fn what_kvm_has_more_is_a_difference() {
    on_all(|device| {
        let mut missing = Vec::new();
        for capability in ALL {
            let known = BOTH.iter().any(|(number, _)| *number == capability);
            if known || capability == NR_VCPUS || check(device, capability) == [0, 0] {
                continue;
            }
            assert!(!device.differs("capabilities"), "{capability}");
            let listed = DIFFERENCES.contains(&format!("`{capability} "));
            missing.extend((!listed).then_some(capability));
        }
        assert_eq!(missing, [], "in comparisons/kvm/differences.toml");
    });
}

/// `KVM_CHECK_EXTENSION` never fails, and truncates no bit of the number.
#[test]
fn what_nobody_knows_is_0() {
    on_all(|device| {
        for capability in [4000, 1 << 32, 1 << 32 | 3, 1 << 63, u64::MAX] {
            assert_eq!(check(device, capability), [0, 0], "{capability:#x}");
        }
    });
}

/// Asks the device and a VM.
fn check(device: &Device, capability: u64) -> [i32; 2] {
    let file = device.file();
    let vm = create(&file, KVM_CREATE_VM, 0).unwrap();
    let on = |fd: BorrowedFd| call(fd, KVM_CHECK_EXTENSION, capability).unwrap();
    [on(file.as_fd()), on(vm.as_fd())]
}
