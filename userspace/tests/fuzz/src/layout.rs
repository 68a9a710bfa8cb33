// SPDX-License-Identifier: MIT OR Apache-2.0

//! The layout of a program's memory: the same addresses in every run, so that a
//! list of ops is complete. All are below 4 GiB, within reach of 32-bit calls.

/// The size of a page.
pub const PAGE: u64 = 0x1000;

/// The memory that the guest uses.
pub const RAM: u64 = 0x4000_0000;

/// The number of its pages.
pub const RAM_PAGES: u64 = 16;

/// The offset of code in a page.
pub const CODE: u64 = 0x800;

/// The initial content of [`RAM`]: `hlt`, so that most code ends soon.
pub const FILLER: u8 = 0xf4;

/// An entry of the vector table, which begins at [`RAM`]: it points to filler.
pub const VECTOR: [u8; 4] = [0x00, 0x04, 0x00, 0x00];

/// The address of a vCPU's mapping. Nothing is mapped there at first.
pub const VCPU: u64 = 0x4100_0000;

/// The distance between the mappings of two vCPUs.
const VCPU_STRIDE: u64 = 0x10_0000;

/// The arguments of the first thread.
const ARGUMENTS: u64 = 0x5000_0000;

/// The distance between the arguments of two threads.
const ARGUMENTS_STRIDE: u64 = 0x10_0000;

/// The maximum number of pages of an ioctl's structure: the longest is a list of 257 CPUID entries.
pub const ARGUMENT_PAGES: u64 = 4;

/// Returns the address of a page of a vCPU's mapping.
pub fn vcpu_page(index: usize, page: u64) -> u64 {
    VCPU + index as u64 * VCPU_STRIDE + page * PAGE
}

/// Returns the address of a thread's ioctl structures. An inaccessible page follows them.
pub fn argument(thread: usize) -> u64 {
    ARGUMENTS + thread as u64 * ARGUMENTS_STRIDE
}

/// Returns the address of a thread's read-only page, after that one.
pub fn read_only(thread: usize) -> u64 {
    argument(thread) + (ARGUMENT_PAGES + 1) * PAGE
}
