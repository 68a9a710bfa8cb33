// SPDX-License-Identifier: GPL-2.0

//! Lists that an ioctl's argument points to: a header with the number of entries, then the entries.
//!
//! Counterpart: `memdup_user()`, as `KVM_SET_CPUID2` and `KVM_SET_MSRS` use it.

use kernel::{
    alloc::KVVec,
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};
use zerocopy::{
    FromBytes,
    Immutable,
    IntoBytes, //
};

/// Reads `n` values that follow a header `H` at `address`.
///
/// # Errors
///
/// `EFAULT` if not all of them can be read; `ENOMEM`. The caller limits `n`.
pub(crate) fn copy_entries_from_user<H, T>(address: usize, n: usize) -> Result<KVVec<T>>
where
    T: FromBytes + IntoBytes + Clone,
{
    let mut entries = KVVec::from_elem(T::new_zeroed(), n, GFP_KERNEL_ACCOUNT)?;
    entries_of::<H, T>(address, n)
        .reader()
        .read_slice(entries.as_mut_slice().as_mut_bytes())?;
    Ok(entries)
}

/// Writes `entries` behind a header `H` at `address`.
///
/// # Errors
///
/// `EFAULT` if not all of them can be written.
pub(crate) fn copy_entries_to_user<H, T>(address: usize, entries: &[T]) -> Result
where
    T: IntoBytes + Immutable,
{
    entries_of::<H, T>(address, entries.len())
        .writer()
        .write_slice(entries.as_bytes())
}

fn entries_of<H, T>(header: usize, n: usize) -> UserSlice {
    let address = header.wrapping_add(size_of::<H>());
    UserSlice::new(UserPtr::from_addr(address), n * size_of::<T>())
}
