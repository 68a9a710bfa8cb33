// SPDX-License-Identifier: GPL-2.0

//! [`AddressSpace`]: whose memory a machine uses.
//!
//! Counterpart: `kvm->mm`, which every ioctl of a VM and a vCPU compares with `current->mm`.

use core::ptr;
use kernel::{
    mm::Mm,
    prelude::*,
    sync::aref::ARef, //
};

/// The address space of the process that made this, even after that process is gone.
pub(crate) struct AddressSpace {
    mm: ARef<Mm>,
    task_size: usize,
}

impl AddressSpace {
    /// The current process's.
    ///
    /// # Errors
    ///
    /// `EIO` for a kernel thread, which has none.
    pub(crate) fn current() -> Result<Self> {
        let task = current!();
        let mm: &Mm = task.mm().ok_or(EIO)?;
        Ok(AddressSpace {
            mm: mm.into(),
            // SAFETY: The `mm` is alive. The field is written by `execve(2)` only, before the
            // program can call anything.
            task_size: unsafe { (*mm.as_raw()).__bindgen_anon_1.task_size },
        })
    }

    /// Whether the current process, or thread, has this one.
    pub(crate) fn is_current(&self) -> bool {
        let task = current!();
        task.mm()
            .is_some_and(|mm| ptr::eq(mm.as_raw(), self.mm.as_raw()))
    }

    /// Whether these addresses could be the program's, as `access_ok()` has it: mapped or not.
    pub(crate) fn may_contain(&self, address: u64, length: u64) -> bool {
        address
            .checked_add(length)
            .is_some_and(|end| end <= self.task_size as u64)
    }
}
