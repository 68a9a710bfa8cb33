// SPDX-License-Identifier: MIT OR Apache-2.0

//! A VM's ioctls.

use std::os::fd::AsRawFd;

use guest_tests::fault::each_failure_on_both;
use guest_tests::kvm::{Device, Memory, PAGE, as_fd, call, create, pass, region, set_region};
use hiboma::kvm::{
    KVM_CHECK_EXTENSION, KVM_CREATE_VCPU, KVM_GET_DIRTY_LOG, KVM_IOEVENTFD,
    KVM_SET_IDENTITY_MAP_ADDR, KVM_SET_USER_MEMORY_REGION,
};
use kvm_bindings::{
    KVM_MEM_LOG_DIRTY_PAGES, kvm_dirty_log, kvm_dirty_log__bindgen_ty_1, kvm_ioeventfd,
};
use kvm_ioctls::VmFd;
use nix::sys::eventfd::EventFd;

/// A VM, and memory that may be in its slot 0.
struct Vm {
    fd: VmFd,
    memory: Memory,
    event: EventFd,
    bitmap: Memory,
}

impl Vm {
    fn new(device: &Device) -> Self {
        Vm {
            fd: device.open().create_vm().expect("KVM_CREATE_VM"),
            memory: Memory::new(16 * PAGE),
            event: EventFd::new().expect("eventfd"),
            bitmap: Memory::new(PAGE),
        }
    }

    /// Creates a VM with the slot.
    fn with_slot(device: &Device, flags: u32) -> Self {
        let vm = Vm::new(device);
        vm.set_slot(flags).expect("KVM_SET_USER_MEMORY_REGION");
        vm
    }

    fn set_slot(&self, flags: u32) -> nix::Result<()> {
        set_region(as_fd(&self.fd), 0, flags, 0, &self.memory)
    }

    fn ioeventfd(&self, flags: u32) -> nix::Result<i32> {
        let ioeventfd = kvm_ioeventfd {
            addr: 0x9000,
            fd: self.event.as_raw_fd(),
            flags,
            ..kvm_ioeventfd::default()
        };
        pass(as_fd(&self.fd), KVM_IOEVENTFD, ioeventfd)
    }
}

#[test]
fn kvm_check_extension() {
    each_failure_on_both(Vm::new, |vm| call(as_fd(&vm.fd), KVM_CHECK_EXTENSION, 0));
}

#[test]
fn kvm_create_vcpu() {
    each_failure_on_both(Vm::new, |vm| create(as_fd(&vm.fd), KVM_CREATE_VCPU, 5));
}

#[test]
fn a_slot_is_made() {
    each_failure_on_both(Vm::new, |vm| vm.set_slot(0));
    each_failure_on_both(Vm::new, |vm| vm.set_slot(KVM_MEM_LOG_DIRTY_PAGES));
}

#[test]
fn a_slot_with_a_large_bitmap_is_made() {
    // Nothing is mapped there, and nothing needs to be.
    let region = region(0, KVM_MEM_LOG_DIRTY_PAGES, 0, 1 << 32, 1 << 44);
    each_failure_on_both(Vm::new, |vm| {
        pass(as_fd(&vm.fd), KVM_SET_USER_MEMORY_REGION, region)
    });
}

#[test]
fn a_slot_gets_a_dirty_log_and_loses_it() {
    each_failure_on_both(
        |device| Vm::with_slot(device, 0),
        |vm| vm.set_slot(KVM_MEM_LOG_DIRTY_PAGES),
    );
    each_failure_on_both(
        |device| Vm::with_slot(device, KVM_MEM_LOG_DIRTY_PAGES),
        |vm| vm.set_slot(0),
    );
}

#[test]
fn a_slot_is_deleted() {
    each_failure_on_both(
        |device| Vm::with_slot(device, 0),
        |vm| {
            let region = region(0, 0, 0, 0, 0);
            pass(as_fd(&vm.fd), KVM_SET_USER_MEMORY_REGION, region)
        },
    );
}

#[test]
fn kvm_get_dirty_log() {
    each_failure_on_both(
        |device| Vm::with_slot(device, KVM_MEM_LOG_DIRTY_PAGES),
        |vm| {
            let log = kvm_dirty_log {
                slot: 0,
                padding1: 0,
                __bindgen_anon_1: kvm_dirty_log__bindgen_ty_1 {
                    dirty_bitmap: vm.bitmap.address() as *mut _,
                },
            };
            pass(as_fd(&vm.fd), KVM_GET_DIRTY_LOG, log)
        },
    );
}

#[test]
fn kvm_ioeventfd() {
    const DEASSIGN: u32 = 4;
    each_failure_on_both(Vm::new, |vm| vm.ioeventfd(0));
    each_failure_on_both(
        |device| {
            let vm = Vm::new(device);
            vm.ioeventfd(0).expect("KVM_IOEVENTFD");
            vm
        },
        |vm| vm.ioeventfd(DEASSIGN),
    );
}

#[test]
fn kvm_set_identity_map_addr() {
    each_failure_on_both(Vm::new, |vm| {
        pass(as_fd(&vm.fd), KVM_SET_IDENTITY_MAP_ADDR, 0_u64)
    });
}
