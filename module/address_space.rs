// SPDX-License-Identifier: GPL-2.0

//! [`AddressSpace`]: whose memory a machine uses.
//!
//! Counterpart: `kvm->mm`, which every ioctl of a VM and a vCPU compares with `current->mm`.

use core::ptr;
use kernel::{
    mm::Mm,
    page::PAGE_SIZE,
    prelude::*,
    sync::aref::ARef, //
};

/// Where the addresses of a program end: `TASK_SIZE_MAX` of page tables with four levels. (With
/// five there are more, for programs that ask for them.)
const TASK_SIZE_MAX: u64 = (1 << 47) - PAGE_SIZE as u64;

/// The address space of the process that made this, even after that process is gone.
pub(crate) struct AddressSpace(ARef<Mm>);

impl AddressSpace {
    /// The current process's.
    ///
    /// # Errors
    ///
    /// `EIO` for a kernel thread, which has none.
    pub(crate) fn current() -> Result<Self> {
        let task = current!();
        let mm: &Mm = task.mm().ok_or(EIO)?;
        Ok(AddressSpace(mm.into()))
    }

    /// Whether the current process, or thread, has this one.
    pub(crate) fn is_current(&self) -> bool {
        let task = current!();
        task.mm()
            .is_some_and(|mm| ptr::eq(mm.as_raw(), self.0.as_raw()))
    }

    /// Whether these addresses could be the program's, as `access_ok()` has it: mapped or not.
    pub(crate) fn may_contain(address: u64, length: u64) -> bool {
        address
            .checked_add(length)
            .is_some_and(|end| end <= TASK_SIZE_MAX)
    }
}
