// SPDX-License-Identifier: GPL-2.0

//! [`SharedPage`]: a page that the kernel and a program write at the same time.

use core::{
    marker::PhantomData,
    ptr, //
};
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

    /// Maps the page for the kernel, for as long as the result lives.
    #[inline(always)]
    pub(crate) fn map(&self) -> MappedPage<'_> {
        MappedPage {
            // SAFETY: The page is allocated.
            start: unsafe { bindings::kmap_local_page(self.0.as_ptr()) },
            page: PhantomData,
        }
    }
}

/// A page that is mapped. One that is mapped meanwhile must be unmapped before it.
pub(crate) struct MappedPage<'a> {
    start: *mut c_void,
    page: PhantomData<&'a SharedPage>,
}

impl MappedPage<'_> {
    /// Copies what is at `offset` now; zeros where that is no place for it in the page.
    #[inline(always)]
    pub(crate) fn read<T: FromBytes + Copy>(&self, offset: usize) -> T {
        match self.place(offset) {
            // SAFETY: The place is in the page, and aligned. Volatile, since a program may be writing
            // it: whichever of its values is seen will do.
            Some(place) => unsafe { ptr::read_volatile(place) },
            None => T::new_zeroed(),
        }
    }

    /// Copies `value` to `offset`, if that is a place for it in the page.
    #[inline(always)]
    pub(crate) fn write<T: IntoBytes + Copy>(&self, offset: usize, value: T) {
        if let Some(place) = self.place(offset) {
            // SAFETY: As in `read`; who reads it sees the old value or the new one.
            unsafe { ptr::write_volatile(place, value) };
        }
    }

    // ANCHOR: read-slice
    /// Copies the bytes from `offset` on; of those that would be beyond the page, none.
    pub(crate) fn read_slice(&self, offset: usize, bytes: &mut [u8]) {
        let places = bytes.iter_mut().zip(offset..PAGE_SIZE);
        places.for_each(|(byte, offset)| *byte = self.read(offset));
    }
    // ANCHOR_END: read-slice

    /// Copies the bytes to where `offset` is; those that would be beyond the page are dropped.
    pub(crate) fn write_slice(&self, offset: usize, bytes: &[u8]) {
        let places = bytes.iter().zip(offset..PAGE_SIZE);
        places.for_each(|(byte, offset)| self.write(offset, *byte));
    }

    #[inline(always)]
    fn place<T>(&self, offset: usize) -> Option<*mut T> {
        let fits = offset.is_multiple_of(align_of::<T>()) && offset <= PAGE_SIZE - size_of::<T>();
        fits.then(|| self.start.cast::<u8>().wrapping_add(offset).cast())
    }
}

impl Drop for MappedPage<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: It was mapped by `map`, and what was mapped since has been unmapped.
        unsafe { bindings::kunmap_local(self.start) };
    }
}
