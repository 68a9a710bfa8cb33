// SPDX-License-Identifier: GPL-2.0

//! [`AddressSpace`]: whose memory a machine uses.
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

/// Where the addresses of a program end: `TASK_SIZE_MAX` of page tables with four levels. (With
/// five there are more, for programs that ask for them.)
const TASK_SIZE_MAX: u64 = (1 << 47) - PAGE_SIZE as u64;

// ANCHOR: struct
/// The address space of the process that made this, even after that process is gone.
pub(crate) struct AddressSpace(ARef<Mm>);
// ANCHOR_END: struct

impl AddressSpace {
    /// The current process's.
    ///
    /// # Errors
    ///
    /// `EIO` for a kernel thread, which has none.
    pub(crate) fn current() -> Result<Self> {
        let mm = current_mm().ok_or(EIO)?;
        let mm: &Mm = &mm;
        Ok(AddressSpace(mm.into()))
    }

    // ANCHOR: is-current
    /// Whether the current process, or thread, has this one.
    pub(crate) fn is_current(&self) -> bool {
        current_mm().is_some_and(|mm| ptr::eq(mm.as_raw(), self.0.as_raw()))
    }
    // ANCHOR_END: is-current

    /// Whether these addresses could be a program's, as `access_ok()` has it: mapped or not.
    pub(crate) fn may_contain(address: u64, length: u64) -> bool {
        address
            .checked_add(length)
            .is_some_and(|end| end <= TASK_SIZE_MAX)
    }
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
