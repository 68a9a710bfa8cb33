// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Cpu`]: the registers that real mode uses.
//!
//! Counterparts: `struct kvm_regs` and the part of `struct kvm_sregs` that real mode uses.

/// The registers of a vCPU in real mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15: the order of their encoding. Real mode
    /// reads and writes the lower halves of the first eight.
    pub regs: [u64; 16],
    /// The instruction pointer.
    pub rip: u64,
    /// RFLAGS.
    pub rflags: u64,
    /// ES, CS, SS, DS, FS, GS: the order of their encoding.
    pub segments: [Segment; 6],
    /// The location of the interrupt vector table.
    pub idt: DescriptorTable,
    /// Real mode only loads and stores it.
    pub gdt: DescriptorTable,
    /// Control register 0.
    pub cr0: u64,
}

/// A segment register: the part that is visible to the guest, and the hidden part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// The value that `mov` reads and writes.
    pub selector: u16,
    /// The base, which is added to an offset. In real mode, `mov` sets it to 16 times the selector.
    pub base: u32,
    /// The largest offset. Real mode does not change it.
    pub limit: u32,
    /// In CS: operands and addresses have 32 bits by default. In SS: the stack pointer is ESP.
    pub db: bool,
}

/// GDTR or IDTR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DescriptorTable {
    /// The address of the first entry.
    pub base: u32,
    /// The offset of the last byte.
    pub limit: u16,
}
