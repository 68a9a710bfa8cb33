// SPDX-License-Identifier: MIT OR Apache-2.0

//! A VM: creating and closing it, and its ioctls.

use std::ffi::CStr;

use anyhow::Result;
use hiboma::kvm::{
    KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_SET_USER_MEMORY_REGION, KvmUserspaceMemoryRegion,
};
use memmap2::MmapMut;

use crate::call::{close, close_of_thread, ioctl_of_thread, make, open};
use crate::report::Report;

/// The size of a slot's memory.
const SIZE: usize = 16 * 0x1000;

/// Counts these system calls.
pub fn count(report: &Report, path: &CStr) -> Result<()> {
    let (device, _) = open(path)?;
    report.count("make", || Ok(make(&device, KVM_CREATE_VM)?.1))?;
    report.count("close", || {
        let (vm, _) = make(&device, KVM_CREATE_VM)?;
        // KVM waits for an RCU grace period.
        Ok(close_of_thread(vm)?)
    })?;
    report.count("create-vcpu", || {
        let (vm, _) = make(&device, KVM_CREATE_VM)?;
        Ok(make(&vm, KVM_CREATE_VCPU)?.1)
    })?;
    report.count("close-vcpu", || {
        let (vm, _) = make(&device, KVM_CREATE_VM)?;
        Ok(close(make(&vm, KVM_CREATE_VCPU)?.0)?)
    })?;

    let (vm, _) = make(&device, KVM_CREATE_VM)?;
    let memory = MmapMut::map_anon(SIZE)?;
    let slot = |memory_size| KvmUserspaceMemoryRegion {
        memory_size,
        userspace_addr: memory.as_ptr() as u64,
        ..KvmUserspaceMemoryRegion::default()
    };
    // KVM waits here too.
    let set = |size| ioctl_of_thread(&vm, KVM_SET_USER_MEMORY_REGION, &mut slot(size));
    report.count("add-slot", || {
        let count = set(SIZE as u64)?;
        set(0)?;
        Ok(count)
    })?;
    report.count("delete-slot", || {
        set(SIZE as u64)?;
        Ok(set(0)?)
    })
}
