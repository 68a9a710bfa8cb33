// SPDX-License-Identifier: GPL-2.0

//! The mm (address space) of the process that calls.
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

/// Where userspace ends: `TASK_SIZE_MAX` of page tables with four levels. (Five levels have more,
/// for programs that ask for it.)
const TASK_SIZE_MAX: u64 = (1 << 47) - PAGE_SIZE as u64;

// ANCHOR: grab-current
/// Takes a reference to the current process's mm, as `mmgrab(current->mm)` does. It outlives the
/// process.
///
/// # Errors
///
/// `EIO` for a kernel thread, which has none.
pub(crate) fn grab_current() -> Result<ARef<Mm>> {
    let mm = current_mm().ok_or(EIO)?;
    let mm: &Mm = &mm;
    Ok(mm.into())
}
// ANCHOR_END: grab-current

// ANCHOR: is-current
/// Whether the current process, or thread, has this mm.
pub(crate) fn is_current(mm: &Mm) -> bool {
    current_mm().is_some_and(|current| ptr::eq(current.as_raw(), mm.as_raw()))
}
// ANCHOR_END: is-current

/// Whether these addresses are userspace's, mapped or not.
pub(crate) fn access_ok(address: u64, size: u64) -> bool {
    address
        .checked_add(size)
        .is_some_and(|end| end <= TASK_SIZE_MAX)
}

/// `current->mm`.
///
/// Not `current!().mm()`: that reads the field where bindgen believes it to be, which is wrong
/// without `CONFIG_SCHEDSTATS`. `task_struct` then has an empty structure in it that is aligned to a
/// cache line, and bindgen drops the alignment of what is empty. C knows where the field is.
fn current_mm() -> Option<ARef<MmWithUser>> {
    // SAFETY: The current task is alive.
    let mm = unsafe { bindings::get_task_mm(Task::current_raw()) };
    // SAFETY: Unless null, it comes with a reference for its caller. `MmWithUser` is a transparent
    // wrapper.
    NonNull::new(mm.cast::<MmWithUser>()).map(|mm| unsafe { ARef::from_raw(mm) })
}
