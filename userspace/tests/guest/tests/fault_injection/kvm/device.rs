// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device: opening it, and its ioctls.

use std::fs::File;

use guest_tests::fault::each_failure_on_both;
use guest_tests::kvm::{List, call, create, exchange};
use hiboma::kvm::{
    KVM_CHECK_EXTENSION, KVM_CREATE_VM, KVM_GET_API_VERSION, KVM_GET_MSR_INDEX_LIST,
    KVM_GET_SUPPORTED_CPUID, KVM_GET_VCPU_MMAP_SIZE,
};
use kvm_bindings::kvm_cpuid_entry2;
use nix::errno::Errno;

#[test]
fn open() {
    each_failure_on_both(
        |device| device.path,
        |path| {
            let opened = File::options().read(true).write(true).open(*path);
            opened.map_err(|error| Errno::try_from(error).unwrap())
        },
    );
}

#[test]
fn kvm_create_vm() {
    each_failure_on_both(
        |device| device.file(),
        |file| create(&*file, KVM_CREATE_VM, 0),
    );
}

#[test]
fn numbers() {
    for number in [
        KVM_GET_API_VERSION,
        KVM_CHECK_EXTENSION,
        KVM_GET_VCPU_MMAP_SIZE,
    ] {
        each_failure_on_both(|device| device.file(), |file| call(&*file, number, 0));
    }
}

#[test]
fn kvm_get_supported_cpuid() {
    each_failure_on_both(
        |device| (device.file(), List::<kvm_cpuid_entry2>::default()),
        |(file, list)| {
            list.length = 256;
            exchange(&*file, KVM_GET_SUPPORTED_CPUID, list)
        },
    );
}

#[test]
fn kvm_get_msr_index_list() {
    each_failure_on_both(
        |device| (device.file(), List::<u32>::default()),
        |(file, list)| {
            list.length = 256;
            // The kernel's entries follow the length without padding: the first is in our padding.
            exchange(&*file, KVM_GET_MSR_INDEX_LIST, list)
        },
    );
}
