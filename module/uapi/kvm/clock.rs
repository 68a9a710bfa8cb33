// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The clock of a VM.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct kvm_clock_data`: times in nanoseconds. `realtime` counts from 1970.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmClockData {
    pub clock: u64,
    pub flags: u32,
    pub pad0: u32,
    pub realtime: u64,
    pub host_tsc: u64,
    pub pad: [u32; 4],
}

pub const KVM_CLOCK_TSC_STABLE: u32 = 1 << 1;
pub const KVM_CLOCK_REALTIME: u32 = 1 << 2;
pub const KVM_CLOCK_HOST_TSC: u32 = 1 << 3;
