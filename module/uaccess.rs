// SPDX-License-Identifier: GPL-2.0

//! Structures that an ioctl's argument points to.
//!
//! Counterpart: `copy_from_user()` and `copy_to_user()`, with which KVM's ioctls begin and end.

use kernel::{
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

// ANCHOR: copy-from-user
/// Reads a structure from the current process.
///
/// # Errors
///
/// `EFAULT` if not all of it can be read.
pub(crate) fn copy_from_user<T: FromBytes + IntoBytes>(address: usize) -> Result<T> {
    let mut value = T::new_zeroed();
    UserSlice::new(UserPtr::from_addr(address), size_of::<T>())
        .reader()
        .read_slice(value.as_mut_bytes())?;
    Ok(value)
}
// ANCHOR_END: copy-from-user

/// Writes a structure to the current process.
///
/// # Errors
///
/// `EFAULT` if not all of it can be written.
pub(crate) fn copy_to_user<T: IntoBytes + Immutable>(address: usize, value: &T) -> Result {
    UserSlice::new(UserPtr::from_addr(address), size_of::<T>())
        .writer()
        .write_slice(value.as_bytes())
}
