// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! `struct kvm_run`: why `KVM_RUN` returned.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

// Why `KVM_RUN` returned: `exit_reason` of `struct kvm_run`.
pub const KVM_EXIT_UNKNOWN: u32 = 0;
pub const KVM_EXIT_IO: u32 = 2;
pub const KVM_EXIT_DEBUG: u32 = 4;
pub const KVM_EXIT_HLT: u32 = 5;
pub const KVM_EXIT_MMIO: u32 = 6;
pub const KVM_EXIT_IRQ_WINDOW_OPEN: u32 = 7;
pub const KVM_EXIT_SHUTDOWN: u32 = 8;
pub const KVM_EXIT_FAIL_ENTRY: u32 = 9;
pub const KVM_EXIT_INTR: u32 = 10;
pub const KVM_EXIT_SET_TPR: u32 = 11;
pub const KVM_EXIT_INTERNAL_ERROR: u32 = 17;

/// Sets of registers in `kvm_run.s`: `KVM_RUN` writes those in `kvm_valid_regs` when it returns,
/// and reads those in `kvm_dirty_regs` before the guest runs.
pub const KVM_SYNC_X86_REGS: u64 = 1 << 0;
pub const KVM_SYNC_X86_SREGS: u64 = 1 << 1;
pub const KVM_SYNC_X86_EVENTS: u64 = 1 << 2;

pub const KVM_EXIT_IO_IN: u8 = 0;
pub const KVM_EXIT_IO_OUT: u8 = 1;
pub const KVM_INTERNAL_ERROR_EMULATION: u32 = 1;
pub const KVM_INTERNAL_ERROR_DELIVERY_EV: u32 = 3;
pub const KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON: u32 = 4;
pub const KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES: u64 = 1 << 0;

/// The page of a vCPU's mapping that holds the data of port I/O. `struct kvm_run` is page 0.
pub const KVM_PIO_PAGE_OFFSET: usize = 1;
/// The page of a vCPU's mapping that holds the ring of coalesced MMIO.
pub const KVM_COALESCED_MMIO_PAGE_OFFSET: usize = 2;
/// The number of pages that `KVM_GET_VCPU_MMAP_SIZE` tells userspace to map.
pub const KVM_VCPU_MMAP_PAGES: usize = 3;

// ANCHOR: kvm-run
/// `struct kvm_run`, the first page of a vCPU's mapping. `exit` is a union; `exit_reason` selects
/// its member.
#[repr(C)]
#[derive(FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRun {
    pub request_interrupt_window: u8,
    pub immediate_exit: u8,
    pub padding1: [u8; 6],
    pub exit_reason: u32,
    pub ready_for_interrupt_injection: u8,
    pub if_flag: u8,
    pub flags: u16,
    pub cr8: u64,
    pub apic_base: u64,
    pub exit: [u8; 256],
    pub kvm_valid_regs: u64,
    pub kvm_dirty_regs: u64,
    pub s: [u8; 2048],
}
// ANCHOR_END: kvm-run

// ANCHOR: io
/// `kvm_run.io`: `count` values of `size` bytes each at `data_offset` of the mapping.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRunIo {
    pub direction: u8,
    pub size: u8,
    pub port: u16,
    pub count: u32,
    pub data_offset: u64,
}
// ANCHOR_END: io

/// `kvm_run.mmio`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRunMmio {
    pub phys_addr: u64,
    pub data: [u8; 8],
    pub len: u32,
    pub is_write: u8,
    pub padding: [u8; 3],
}

/// `kvm_run.emulation_failure`: the instruction that could not be emulated.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRunEmulationFailure {
    pub suberror: u32,
    pub ndata: u32,
    pub flags: u64,
    pub insn_size: u8,
    pub insn_bytes: [u8; 15],
}

/// `kvm_run.fail_entry`: the CPU refused the state of the vCPU.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRunFailEntry {
    pub hardware_entry_failure_reason: u64,
    pub cpu: u32,
    /// C pads the structure to this size.
    pub padding: u32,
}

/// `kvm_run.internal`: an internal error of KVM, with details.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmRunInternal {
    pub suberror: u32,
    pub ndata: u32,
    pub data: [u64; 16],
}
