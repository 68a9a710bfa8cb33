// SPDX-License-Identifier: GPL-2.0

//! The mm (address space) of the calling process.
//!
//! Counterpart: `kvm->mm`, which every ioctl of a VM and a vCPU compares with `current->mm`.

use core::ptr::{
    self,
    NonNull, //
};
use kernel::{
    bindings,
    mm::{
        Mm,
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*,
    sync::aref::ARef,
    task::Task, //
};

/// The end of userspace: `TASK_SIZE_MAX` with four-level page tables. (With five levels, programs
/// can ask for more.)
const TASK_SIZE_MAX: u64 = (1 << 47) - PAGE_SIZE as u64;

// ANCHOR: grab-current
/// Takes a reference to the current process's mm, as `mmgrab(current->mm)` does. The reference may
/// outlive the process.
///
/// # Errors
///
/// `EIO` if the caller is a kernel thread, which has no mm.
pub(crate) fn grab_current() -> Result<ARef<Mm>> {
    let mm = current_mm().ok_or(EIO)?;
    let mm: &Mm = &mm;
    Ok(mm.into())
}
// ANCHOR_END: grab-current

// ANCHOR: is-current
/// Returns whether the current process, or thread, uses this mm.
pub(crate) fn is_current(mm: &Mm) -> bool {
    current_mm().is_some_and(|current| ptr::eq(current.as_raw(), mm.as_raw()))
}
// ANCHOR_END: is-current

/// Returns whether these addresses are in userspace, mapped or not.
pub(crate) fn access_ok(address: u64, size: u64) -> bool {
    address
        .checked_add(size)
        .is_some_and(|end| end <= TASK_SIZE_MAX)
}

/// Returns `current->mm`.
///
/// Not `current!().mm()`: it reads the field at the offset that bindgen computes. It can be wrong
/// without `CONFIG_SCHEDSTATS`: `task_struct` then contains an empty structure that is aligned to a
/// cache line, and bindgen ignores the alignment of empty structures. C code uses the right offset.
fn current_mm() -> Option<ARef<MmWithUser>> {
    // SAFETY: The current task is alive.
    let mm = unsafe { bindings::get_task_mm(Task::current_raw()) };
    // SAFETY: Unless null, `mm` comes with a reference that we own. `MmWithUser` is a transparent
    // wrapper.
    NonNull::new(mm.cast::<MmWithUser>()).map(|mm| unsafe { ARef::from_raw(mm) })
}
