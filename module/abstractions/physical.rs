// SPDX-License-Identifier: GPL-2.0

//! [`Physical`]: kernel memory that the CPU accesses by its physical address.
//!
//! Counterpart: `__pa()` in [`arch/x86/include/asm/page_64.h`](srctree/arch/x86/include/asm/page_64.h).

use core::{
    ops::{
        Deref,
        DerefMut, //
    },
    ptr, //
};
use kernel::{
    bindings,
    prelude::*, //
};
use zerocopy::FromBytes;

/// A value that shares its pages with nothing else.
#[repr(C, align(4096))]
struct PageAligned<T>(T);

/// A value at the beginning of a page.
pub(crate) struct Physical<T>(KBox<PageAligned<T>>);

impl<T: FromBytes> Physical<T> {
    /// Creates a value whose bytes are all `byte`.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if memory runs out.
    pub(crate) fn filled(byte: u8) -> Result<Self> {
        let mut memory = KBox::<PageAligned<T>>::new_uninit(GFP_KERNEL_ACCOUNT)?;
        let start = memory.as_mut_ptr().cast::<u8>();
        // SAFETY: The memory has this size, and any bytes are a valid `T`.
        unsafe {
            ptr::write_bytes(start, byte, size_of::<PageAligned<T>>());
            Ok(Physical(memory.assume_init()))
        }
    }

    /// Returns the physical address.
    pub(crate) fn address(&self) -> u64 {
        let address = ptr::from_ref(&*self.0).expose_provenance();
        // SAFETY: Written once, while the kernel boots. `KBox` allocates in the direct map, which
        // begins at this address.
        (address - unsafe { bindings::page_offset_base }) as u64
    }
}

impl<T> Deref for Physical<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0 .0
    }
}

impl<T> DerefMut for Physical<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0 .0
    }
}
