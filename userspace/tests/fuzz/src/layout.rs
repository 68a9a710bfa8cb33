// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where a program's memory is: at the same addresses in every run, so that a list of ops says all.
//! All is below 4 GiB, where 32-bit calls reach it.

/// The size of a page.
pub const PAGE: u64 = 0x1000;

/// The memory that becomes the guest's.
pub const RAM: u64 = 0x4000_0000;

/// How many pages of it there are.
pub const RAM_PAGES: u64 = 16;

/// Where code begins in a page.
pub const CODE: u64 = 0x800;

/// What [`RAM`] is filled with: `hlt`, so that most code ends soon.
pub const FILLER: u8 = 0xf4;

/// An entry of the vector table, which begins at [`RAM`]: a place with the filler.
pub const VECTOR: [u8; 4] = [0x00, 0x04, 0x00, 0x00];

/// Where the pages of a vCPU are mapped. Nothing is mapped there at first.
pub const VCPU: u64 = 0x4100_0000;

/// How far the mappings of two vCPUs are apart.
const VCPU_STRIDE: u64 = 0x10_0000;

/// The arguments of the first thread.
const ARGUMENTS: u64 = 0x5000_0000;

/// How far the arguments of two threads are apart.
const ARGUMENTS_STRIDE: u64 = 0x10_0000;

/// How many pages the structure of an ioctl may take: the longest is a list of 257 CPUID entries.
pub const ARGUMENT_PAGES: u64 = 4;

/// A page of a vCPU's mapping.
pub fn vcpu_page(index: usize, page: u64) -> u64 {
    VCPU + index as u64 * VCPU_STRIDE + page * PAGE
}

/// Where a thread puts the structure of an ioctl. Behind it is a page that cannot be touched.
pub fn argument(thread: usize) -> u64 {
    ARGUMENTS + thread as u64 * ARGUMENTS_STRIDE
}

/// A page that a thread can read and not write, behind that one.
pub fn read_only(thread: usize) -> u64 {
    argument(thread) + (ARGUMENT_PAGES + 1) * PAGE
}
