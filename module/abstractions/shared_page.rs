// SPDX-License-Identifier: GPL-2.0

//! [`SharedPage`]: a page that the kernel and a program write at the same time.

use core::ptr;
use kernel::{
    bindings,
    page::{
        Page,
        PAGE_SIZE, //
    },
    prelude::*, //
};
use zerocopy::{
    FromBytes,
    Immutable,
    IntoBytes, //
};

// ANCHOR: struct
/// A page of zeros at first, of which a program may have a mapping.
///
/// The program may write it at any time, whatever the kernel is doing with it. So what is read is
/// read once, into a copy, and may be anything.
pub(crate) struct SharedPage(Page);
// ANCHOR_END: struct

impl SharedPage {
    pub(crate) fn new() -> Result<Self> {
        Ok(SharedPage(Page::alloc_page(
            GFP_KERNEL_ACCOUNT | __GFP_ZERO,
        )?))
    }

    /// The page, to be mapped.
    pub(crate) fn page(&self) -> &Page {
        &self.0
    }

    /// Copies what is at `offset` now.
    pub(crate) fn read<T: FromBytes + IntoBytes>(&self, offset: usize) -> T {
        let mut value = T::new_zeroed();
        self.read_slice(offset, value.as_mut_bytes());
        value
    }

    /// Copies `value` to `offset`.
    pub(crate) fn write<T: IntoBytes + Immutable>(&self, offset: usize, value: &T) {
        self.write_slice(offset, value.as_bytes());
    }

    // ANCHOR: read-slice
    /// Copies the bytes from `offset` on; of those that would be beyond the page, none.
    pub(crate) fn read_slice(&self, offset: usize, bytes: &mut [u8]) {
        self.with_bytes(offset, |address, index| {
            if let Some(byte) = bytes.get_mut(index) {
                // SAFETY: The address is inside of the page. Volatile, since a program may be
                // writing it: whichever of its values is seen will do.
                *byte = unsafe { ptr::read_volatile(address) };
            }
            index + 1 < bytes.len()
        });
    }
    // ANCHOR_END: read-slice

    /// Copies the bytes to where `offset` is; those that would be beyond the page are dropped.
    pub(crate) fn write_slice(&self, offset: usize, bytes: &[u8]) {
        self.with_bytes(offset, |address, index| {
            if let Some(&byte) = bytes.get(index) {
                // SAFETY: As in `read_slice`; who reads it sees the old value or the new one.
                unsafe { ptr::write_volatile(address, byte) };
            }
            index + 1 < bytes.len()
        });
    }

    /// Maps the page, and calls `each` with the address and the index of every byte from `offset`
    /// on, until it says that it needs no more.
    fn with_bytes(&self, offset: usize, mut each: impl FnMut(*mut u8, usize) -> bool) {
        // SAFETY: The page is allocated.
        let start = unsafe { bindings::kmap_local_page(self.0.as_ptr()) };
        for (index, offset) in (offset..PAGE_SIZE).enumerate() {
            if !each(start.cast::<u8>().wrapping_add(offset), index) {
                break;
            }
        }
        // SAFETY: It was mapped above, and nothing has been mapped since.
        unsafe { bindings::kunmap_local(start) };
    }
}
