// SPDX-License-Identifier: MIT OR Apache-2.0

//! A vCPU's ioctls for registers, and its mapping.

use std::ffi::CStr;

use anyhow::Result;
use hiboma::kvm::{
    KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_GET_REGS, KVM_GET_SREGS, KVM_SET_REGS, KvmRegs, KvmSregs,
};

use crate::call::{ioctl_with, make, mmap, munmap, open};
use crate::counter::load;
use crate::report::Report;

/// The first page of the mapping, which has `struct kvm_run`.
const PAGE: usize = 0x1000;

/// Counts these ioctls, and the mapping of a page.
pub fn count(report: &Report, path: &CStr) -> Result<()> {
    let (device, _) = open(path)?;
    let (vm, _) = make(&device, KVM_CREATE_VM)?;
    let (vcpu, _) = make(&vm, KVM_CREATE_VCPU)?;
    let mut regs = KvmRegs::default();
    report.count("get-regs", || {
        Ok(ioctl_with(&vcpu, KVM_GET_REGS, &mut regs)?)
    })?;
    report.count("set-regs", || {
        Ok(ioctl_with(&vcpu, KVM_SET_REGS, &mut regs)?)
    })?;
    let mut sregs = KvmSregs::default();
    report.count("get-sregs", || {
        Ok(ioctl_with(&vcpu, KVM_GET_SREGS, &mut sregs)?)
    })?;

    // Maps the page, reads a byte of it, and unmaps it.
    let page = || -> Result<[u32; 3]> {
        let (address, mapped) = mmap(&vcpu, PAGE)?;
        // SAFETY: The page was just mapped, only for this read, and is then unmapped.
        let (faulted, unmapped) = unsafe { (load(address).1, munmap(address, PAGE)?) };
        Ok([mapped, faulted, unmapped])
    };
    report.count("map", || Ok(page()?[0]))?;
    report.count("fault", || Ok(page()?[1]))?;
    report.count("unmap", || Ok(page()?[2]))
}
