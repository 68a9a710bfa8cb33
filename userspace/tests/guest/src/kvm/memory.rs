// SPDX-License-Identifier: MIT OR Apache-2.0

//! Memory that the test shares with the guest, or with the kernel.

use std::ffi::c_void;
use std::fs::File;
use std::num::NonZero;
use std::os::fd::AsFd;
use std::ptr::{self, NonNull};
use std::sync::atomic::AtomicU32;

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};

/// The size of a page.
pub const PAGE: usize = 0x1000;

const BOTH: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);

/// A mapping. Dropping this unmaps it, even if a guest still uses it.
///
/// The test reads and writes copies, because the guest may be writing at the same time.
#[derive(Debug)]
pub struct Memory {
    start: NonNull<c_void>,
    /// The size in bytes.
    pub size: usize,
}

// SAFETY: A mapping belongs to the process, not to a thread.
unsafe impl Send for Memory {}
// SAFETY: As above. Concurrent accesses go through raw pointers or atomics.
unsafe impl Sync for Memory {}

impl Memory {
    /// Maps new memory, all 0.
    pub fn new(size: usize) -> Self {
        // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
        let start = unsafe { mmap_anonymous(None, length(size), BOTH, MapFlags::MAP_PRIVATE) };
        Memory {
            start: start.expect("mmap"),
            size,
        }
    }

    /// Maps new memory at the address of memory that is gone.
    pub fn at(address: u64, size: usize) -> Self {
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED_NOREPLACE;
        let address = NonZero::new(address as usize);
        // SAFETY: With `MAP_FIXED_NOREPLACE` the kernel overwrites no existing mapping.
        let start = unsafe { mmap_anonymous(address, length(size), BOTH, flags) };
        Memory {
            start: start.expect("the place is free"),
            size,
        }
    }

    /// Maps the first `size` bytes of a file, for reading and writing.
    pub fn of(file: impl AsFd, size: usize, flags: MapFlags) -> Self {
        Self::map(file, size, BOTH, flags, 0).expect("mmap")
    }

    /// Maps part of a file.
    pub fn map(
        file: impl AsFd,
        size: usize,
        protection: ProtFlags,
        flags: MapFlags,
        offset: i64,
    ) -> nix::Result<Self> {
        // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
        let start = unsafe { mmap(None, length(size), protection, flags, file, offset) }?;
        Ok(Memory { start, size })
    }

    /// Creates a file in memory, of `size` bytes, all 0.
    pub fn file(size: usize) -> File {
        let file = File::from(memfd_create(c"guest", MFdFlags::MFD_CLOEXEC).expect("memfd"));
        file.set_len(size as u64).expect("ftruncate");
        file
    }

    /// Changes the protection from an offset to the end, `mprotect(2)`.
    pub fn protect(&self, from: usize, protection: ProtFlags) {
        let start = NonNull::new(self.place(from, 0).cast()).expect("not at 0");
        // SAFETY: No reference to its content exists.
        unsafe { mprotect(start, self.size - from, protection) }.expect("mprotect");
    }

    /// Returns its address, as KVM takes it.
    pub fn address(&self) -> u64 {
        self.start.as_ptr() as u64
    }

    /// Reads bytes.
    pub fn read(&self, at: usize, size: usize) -> Vec<u8> {
        let mut bytes = vec![0; size];
        // SAFETY: `place` checks that the bytes are in the mapping. No reference to them exists.
        unsafe { ptr::copy_nonoverlapping(self.place(at, size), bytes.as_mut_ptr(), size) };
        bytes
    }

    /// Writes bytes.
    pub fn write(&self, at: usize, bytes: &[u8]) {
        let to = self.place(at, bytes.len());
        // SAFETY: `place` checks that the bytes are in the mapping. No reference to them exists.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    }

    /// Reads one byte, with a new access at each call.
    pub fn byte(&self, at: usize) -> u8 {
        // SAFETY: `place` checks that it is in the mapping. No reference to it exists.
        unsafe { self.place(at, 1).read_volatile() }
    }

    /// Returns a `u32` that threads and the guest access at the same time.
    pub fn atomic(&self, at: usize) -> &AtomicU32 {
        assert_eq!(at % 4, 0, "{at:#x} is aligned");
        // SAFETY: `place` checks that it is in the mapping, and it is aligned.
        unsafe { AtomicU32::from_ptr(self.place(at, 4).cast()) }
    }

    /// Reads a `u32`.
    pub fn dword(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.read(at, 4).try_into().expect("four bytes"))
    }

    fn place(&self, at: usize, size: usize) -> *mut u8 {
        assert!(at + size <= self.size, "{at:#x} is not in the memory");
        self.start.as_ptr().cast::<u8>().wrapping_add(at)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: No reference to its content exists.
        unsafe { munmap(self.start, self.size) }.expect("munmap");
    }
}

fn length(size: usize) -> NonZero<usize> {
    NonZero::new(size).expect("a mapping has a size")
}
