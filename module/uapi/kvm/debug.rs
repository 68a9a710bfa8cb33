// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! Debug registers, and the settings of a debugger in userspace.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct kvm_debugregs`: the guest's own debug registers.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmDebugregs {
    pub db: [u64; 4],
    pub dr6: u64,
    pub dr7: u64,
    pub flags: u64,
    pub reserved: [u64; 9],
}

/// `struct kvm_guest_debug`: the debugger's settings. `debugreg` contains DR0 to DR3, and DR7.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmGuestDebug {
    pub control: u32,
    pub pad: u32,
    pub debugreg: [u64; 8],
}

pub const KVM_GUESTDBG_ENABLE: u32 = 1 << 0;
pub const KVM_GUESTDBG_SINGLESTEP: u32 = 1 << 1;
pub const KVM_GUESTDBG_USE_SW_BP: u32 = 1 << 16;
pub const KVM_GUESTDBG_USE_HW_BP: u32 = 1 << 17;
pub const KVM_GUESTDBG_INJECT_DB: u32 = 1 << 18;
pub const KVM_GUESTDBG_INJECT_BP: u32 = 1 << 19;
pub const KVM_GUESTDBG_BLOCKIRQ: u32 = 1 << 20;

/// `struct kvm_debug_exit_arch`, the contents of `kvm_run.debug`. `pc` is a linear address.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRunDebug {
    pub exception: u32,
    pub pad: u32,
    pub pc: u64,
    pub dr6: u64,
    pub dr7: u64,
}
