// SPDX-License-Identifier: MIT OR Apache-2.0

//! Memory that the kernel allocates for a program is charged to that
//! program: if it exceeds its limit, only that program is killed.

use std::os::fd::AsRawFd;

use guest_tests::kvm::{Device, Memory, PAGE, as_fd, call, on_each, pass, region};
use guest_tests::{Cgroup, ends_by};
use hiboma::kvm::{KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_IOEVENTFD, KVM_SET_USER_MEMORY_REGION};
use kvm_bindings::{KVM_MEM_LOG_DIRTY_PAGES, kvm_ioeventfd};
use nix::sys::eventfd::EventFd;
use nix::sys::signal::Signal::SIGKILL;

/// Runs `work` in a child that has less memory than `work` allocates.
fn is_killed(memory: &str, work: impl Fn(&Device)) {
    on_each(|device| {
        let cgroup = Cgroup::with("memory.max", memory);
        let signal = ends_by(|| {
            cgroup.enter();
            work(device);
        });
        assert_eq!(signal, Some(SIGKILL));
        assert_eq!(cgroup.value("memory.events", "oom_kill "), 1);
        assert_eq!(device.module.references(), 0);
    });
}

#[test]
fn for_its_vms() {
    is_killed("4M", |device| {
        let device = device.file();
        while call(&device, KVM_CREATE_VM, 0).is_ok() {}
    });
}

#[test]
fn for_its_vcpus() {
    is_killed("4M", |device| {
        let vm = device.open().create_vm().unwrap();
        for id in 0.. {
            if call(as_fd(&vm), KVM_CREATE_VCPU, id).is_err() {
                break;
            }
        }
    });
}

#[test]
fn for_its_slots() {
    is_killed("4M", |device| {
        let vm = device.open().create_vm().unwrap();
        let page = Memory::new(PAGE);
        for slot in 0..32_000 {
            let address = u64::from(slot) * 2 * PAGE as u64;
            let region = region(slot, 0, address, PAGE as u64, page.address());
            pass(as_fd(&vm), KVM_SET_USER_MEMORY_REGION, region).unwrap();
        }
    });
}

#[test]
fn for_its_dirty_bitmap() {
    is_killed("4M", |device| {
        let vm = device.open().create_vm().unwrap();
        // One bit for each page of 1 TiB; nothing is mapped at that address.
        let flags = KVM_MEM_LOG_DIRTY_PAGES;
        let region = region(0, flags, 0, 1 << 40, 1 << 44);
        let _ = pass(as_fd(&vm), KVM_SET_USER_MEMORY_REGION, region);
    });
}

/// 1,000 in each VM: KVM keeps a VM's ioeventfds in one array. If it finds too
/// few contiguous pages for that, it returns `ENOMEM` and nothing is killed.
#[test]
fn for_its_ioeventfds() {
    is_killed("4M", |device| {
        let device = device.open();
        let event = EventFd::new().unwrap();
        let mut vms = vec![];
        loop {
            let vm = device.create_vm().unwrap();
            for addr in 0..1_000 {
                let ioeventfd = kvm_ioeventfd {
                    addr: addr * 8,
                    fd: event.as_raw_fd(),
                    ..kvm_ioeventfd::default()
                };
                pass(as_fd(&vm), KVM_IOEVENTFD, ioeventfd).unwrap();
            }
            vms.push(vm);
        }
    });
}
