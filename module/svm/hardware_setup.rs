// SPDX-License-Identifier: GPL-2.0

//! Checks whether the host's CPU can run guests, next to any other hypervisor.
//!
//! Counterparts: `svm_hardware_setup()` in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c),
//! `x86_svm_init()` in [`arch/x86/virt/hw.c`](srctree/arch/x86/virt/hw.c).

use core::arch::x86_64::__cpuid;

use kernel::{
    miscdevice::MiscDeviceRegistration,
    prelude::*, //
};

use crate::{
    abstractions::msr::{
        cr4,
        efer,
        rdmsr_safe,
        EFER_SVME, //
    },
    device::HibomaDevice, //
};

/// `/dev/hiboma-svm`.
pub(crate) type SvmDevice = Pin<KBox<MiscDeviceRegistration<HibomaDevice<true>>>>;

// Bits of `cpuid`.
const SVM: u32 = 1 << 2;
const HYPERVISOR: u32 = 1 << 31;
const NESTED_PAGING: u32 = 1 << 0;

const MSR_VM_CR: u32 = 0xc001_0114;
/// The firmware has disabled SVM.
const VM_CR_SVMDIS: u64 = 1 << 4;
const MSR_SYSCFG: u32 = 0xc001_0010;
/// Memory is encrypted, and a bit of each physical address selects encryption.
const SYSCFG_MEM_ENCRYPT: u64 = 1 << 23;
/// Page tables have five levels.
const CR4_LA57: u64 = 1 << 12;

/// # Errors
///
/// The reason why the CPU cannot run guests here.
fn check() -> Result<(), &'static str> {
    let last = __cpuid(0x8000_0000).eax;
    if last < 0x8000_000a || __cpuid(0x8000_0001).ecx & SVM == 0 {
        return Err("the CPU has no SVM");
    }
    if __cpuid(0x8000_000a).edx & NESTED_PAGING == 0 {
        return Err("the CPU has no nested paging");
    }
    let has = |msr, bit| rdmsr_safe(msr).is_some_and(|value| value & bit != 0);
    if has(MSR_VM_CR, VM_CR_SVMDIS) {
        return Err("the firmware has switched SVM off");
    }
    if has(MSR_SYSCFG, SYSCFG_MEM_ENCRYPT) {
        return Err("memory is encrypted (SME)");
    }
    if cr4() & CR4_LA57 != 0 {
        return Err("page tables have five levels");
    }
    // KVM assigns all ASIDs, and relies on the TLB's entries for each of them. An emulated CPU
    // keeps no TLB entries across entries to a guest. Nothing checks for a KVM that starts later.
    if efer() & EFER_SVME != 0 && __cpuid(1).ecx & HYPERVISOR == 0 {
        return Err("KVM runs guests on this machine");
    }
    Ok(())
}

/// Registers the device if the CPU can run guests, and logs whether it did. A failure does not
/// affect the interpreter's device.
pub(crate) fn register() -> Option<SvmDevice> {
    let device = check().and_then(|()| {
        let registration = HibomaDevice::register();
        KBox::pin_init(registration, GFP_KERNEL).map_err(|_| "it could not be registered")
    });
    match &device {
        Ok(_) => pr_info!("registered /dev/hiboma-svm\n"),
        Err(reason) => pr_info!("no /dev/hiboma-svm: {reason}\n"),
    }
    device.ok()
}
