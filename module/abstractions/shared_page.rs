// SPDX-License-Identifier: GPL-2.0

//! [`SharedPage`]: a page that the kernel and userspace write at the same time.

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
/// A page, initially zero, that userspace may map.
///
/// Userspace may write it at any time, even while the kernel uses it. So the kernel reads each
/// value only once, into a copy, and must expect any value.
pub(crate) struct SharedPage(Page);
// ANCHOR_END: struct

impl SharedPage {
    pub(crate) fn new() -> Result<Self> {
        Ok(SharedPage(Page::alloc_page(
            GFP_KERNEL_ACCOUNT | __GFP_ZERO,
        )?))
    }

    /// Returns the page, for mapping it into userspace.
    pub(crate) fn page(&self) -> &Page {
        &self.0
    }

    /// Maps the page into kernel space until the result is dropped.
    #[inline(always)]
    pub(crate) fn map(&self) -> MappedPage<'_> {
        MappedPage {
            // SAFETY: The page is allocated.
            start: unsafe { bindings::kmap_local_page(self.0.as_ptr()) },
            page: PhantomData,
        }
    }
}

/// A page mapped with `kmap_local_page()`. Later mappings must be unmapped before it.
pub(crate) struct MappedPage<'a> {
    start: *mut c_void,
    page: PhantomData<&'a SharedPage>,
}

impl MappedPage<'_> {
    /// Returns a copy of the value at `offset`; zeros if it is misaligned or not within the page.
    #[inline(always)]
    pub(crate) fn read<T: FromBytes + Copy>(&self, offset: usize) -> T {
        match self.place(offset) {
            // SAFETY: The place is within the page, and aligned. The read is volatile because
            // userspace may write at the same time; either value is acceptable.
            Some(place) => unsafe { ptr::read_volatile(place) },
            None => T::new_zeroed(),
        }
    }

    /// Writes `value` at `offset`, if it is aligned and within the page.
    #[inline(always)]
    pub(crate) fn write<T: IntoBytes + Copy>(&self, offset: usize, value: T) {
        if let Some(place) = self.place(offset) {
            // SAFETY: As in `read`; a reader sees the old value or the new one.
            unsafe { ptr::write_volatile(place, value) };
        }
    }

    // ANCHOR: read-slice
    /// Copies the bytes from `offset` on; `bytes` stays unchanged beyond the end of the page.
    pub(crate) fn read_slice(&self, offset: usize, bytes: &mut [u8]) {
        let places = bytes.iter_mut().zip(offset..PAGE_SIZE);
        places.for_each(|(byte, offset)| *byte = self.read(offset));
    }
    // ANCHOR_END: read-slice

    /// Copies the bytes to `offset`; drops those beyond the end of the page.
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
        // SAFETY: `map` mapped it, and every later mapping has been unmapped.
        unsafe { bindings::kunmap_local(self.start) };
    }
}
