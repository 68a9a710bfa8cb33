// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The results of the `cpuid` instruction.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct kvm_cpuid2`: `nent` entries follow it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCpuid2 {
    pub nent: u32,
    pub padding: u32,
}

/// `struct kvm_cpuid_entry2`: the result of `cpuid` for one leaf and subleaf.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCpuidEntry2 {
    pub function: u32,
    pub index: u32,
    pub flags: u32,
    pub eax: u32,
    pub ebx: u32,
    pub ecx: u32,
    pub edx: u32,
    pub padding: [u32; 3],
}
