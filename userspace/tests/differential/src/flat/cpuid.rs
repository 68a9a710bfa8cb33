// SPDX-License-Identifier: MIT OR Apache-2.0

//! The CPUID. Each device supports other features: all of them support these.

use anyhow::{Result, anyhow};
use kvm_bindings::{CpuId, kvm_cpuid_entry2};

/// FPU, DE, PSE, TSC, MSR, PAE, CX8, APIC, SEP, PGE, CMOV, PAT, MMX, FXSR, SSE and SSE2.
const FEATURES: u32 = 0x0781_ab7d;
/// The same, and SYSCALL, NX and LM.
const EXTENDED: u32 = 0x2191_ab7d;
/// The width of physical and linear addresses: 40 bits and 48.
const ADDRESS_BITS: u32 = 0x3028;

/// Returns the list for `KVM_SET_CPUID2`.
pub fn cpuid() -> Result<CpuId> {
    let [ebx, edx, ecx] = [*b"Auth", *b"enti", *b"cAMD"].map(u32::from_le_bytes);
    let entry = |function, [eax, ebx, ecx, edx]: [u32; 4]| kvm_cpuid_entry2 {
        function,
        eax,
        ebx,
        ecx,
        edx,
        ..kvm_cpuid_entry2::default()
    };
    CpuId::from_entries(&[
        entry(0, [1, ebx, ecx, edx]),
        entry(1, [0x0010_0f00, 0, 0, FEATURES]),
        entry(0x8000_0000, [0x8000_0008, ebx, ecx, edx]),
        entry(0x8000_0001, [0x0010_0f00, 0, 0, EXTENDED]),
        entry(0x8000_0008, [ADDRESS_BITS, 0, 0, 0]),
    ])
    .map_err(|error| anyhow!("{error:?}"))
}
