// SPDX-License-Identifier: GPL-2.0

//! The `cpuid` values for guests that the CPU runs.
//!
//! Counterpart: `kvm_initialize_cpu_caps()` in [`arch/x86/kvm/cpuid.c`](srctree/arch/x86/kvm/cpuid.c).

use core::arch::x86_64::__cpuid;

use crate::uapi::kvm::KvmCpuidEntry2;

/// Leaf 1: SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE and POPCNT.
const FEATURES_ECX: u32 = 1 << 0 | 1 << 9 | 1 << 13 | 1 << 19 | 1 << 20 | 1 << 22 | 1 << 23;
/// Leaf 1: a hypervisor is present.
const HYPERVISOR: u32 = 1 << 31;
/// Leaf 1: FPU to PAE, CX8, SEP, PGE, CMOV, PAT, PSE36, CLFSH, MMX, FXSR, SSE, SSE2. No machine
/// checks, no APIC and no MTRRs.
const FEATURES_EDX: u32 = 0x0783_a97f & !(1 << 12 | 1 << 14) | 1 << 8 | 1 << 19;
/// Leaf 0x8000_0001: LAHF, ABM, SSE4A, PREFETCHW.
const EXTENDED_ECX: u32 = 1 << 0 | 1 << 5 | 1 << 6 | 1 << 8;
/// Leaf 0x8000_0001: `syscall`, NX, MMXEXT, 1 GiB pages, long mode; and those that repeat leaf 1.
const EXTENDED_EDX: u32 =
    1 << 11 | 1 << 20 | 1 << 22 | 1 << 26 | 1 << 29 | 0x0183_f3ff & FEATURES_EDX;

const LEAVES: [u32; 8] = [
    0,
    1,
    0x8000_0000,
    0x8000_0001,
    0x8000_0002,
    0x8000_0003,
    0x8000_0004,
    0x8000_0008,
];

/// Returns the number of bits in a physical address of the host.
pub(crate) fn physical_bits() -> u32 {
    __cpuid(0x8000_0008).eax & 0xff
}

/// Returns the entries for `KVM_GET_SUPPORTED_CPUID`: what both the host and the vCPU support.
pub(crate) fn supported() -> [KvmCpuidEntry2; 8] {
    LEAVES.map(|function| {
        let host = __cpuid(function);
        let mut entry = KvmCpuidEntry2 {
            function,
            eax: host.eax,
            ebx: host.ebx,
            ecx: host.ecx,
            edx: host.edx,
            ..KvmCpuidEntry2::default()
        };
        match function {
            0 => entry.eax = 1,
            1 => {
                // Of EBX, keep the size of the line that `clflush` writes back.
                entry.ebx &= 0xff00;
                entry.ecx = entry.ecx & FEATURES_ECX | HYPERVISOR;
                entry.edx &= FEATURES_EDX;
            }
            0x8000_0000 => entry.eax = 0x8000_0008,
            0x8000_0001 => {
                entry.ebx = 0;
                entry.ecx &= EXTENDED_ECX;
                entry.edx &= EXTENDED_EDX;
            }
            // EAX has the sizes of addresses.
            0x8000_0008 => (entry.ebx, entry.ecx, entry.edx) = (0, 0, 0),
            _ => {}
        }
        entry
    })
}
