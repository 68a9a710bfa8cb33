// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_DIRTY_LOG`: returns the pages of a slot that the guest has written since the last call.
//!
//! Counterpart: `kvm_get_dirty_log_protect()`.

use core::mem;
use kernel::{
    alloc::KVVec,
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};
use zerocopy::IntoBytes;

use super::Vm;
use crate::{
    abstractions::lock_killable::lock_killable,
    limits::KVM_USER_MEM_SLOTS,
    uaccess::copy_from_user,
    uapi::kvm::KvmDirtyLog, //
};

/// # Errors
///
/// `EINVAL` if the slot number is too large; `ENOENT` if there is no such slot, or it has no log;
/// `ENOMEM`; `EFAULT`. If the bitmap cannot be written, what was logged is lost, as in KVM.
// ANCHOR: ioctl
pub(super) fn ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    get(vm, copy_from_user(arg)?)
}

/// Handles the call of a 32-bit program, which leaves the upper half of its pointer undefined.
#[cfg(CONFIG_COMPAT)]
pub(super) fn compat_ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    let mut log: KvmDirtyLog = copy_from_user(arg)?;
    log.dirty_bitmap &= u64::from(u32::MAX);
    get(vm, log)
}

fn get(vm: &Vm, log: KvmDirtyLog) -> Result<isize> {
    let id = u16::try_from(log.slot).map_err(|_| EINVAL)?;
    if id >= KVM_USER_MEM_SLOTS {
        return Err(EINVAL);
    }

    let _lock = lock_killable(&vm.slots_lock)?;
    let words = vm.memory.lock().get_mut(id).map(|slot| slot.dirty.len());
    let words = words.filter(|words| *words != 0).ok_or(ENOENT)?;
    let clean = KVVec::from_elem(0, words, GFP_KERNEL_ACCOUNT | __GFP_NOWARN)?;
    let dirty = match vm.memory.lock().get_mut(id) {
        Some(slot) => mem::replace(&mut slot.dirty, clean),
        None => return Err(ENOENT),
    };
    vm.next_generation();

    let bitmap = UserPtr::from_addr(log.dirty_bitmap as usize);
    UserSlice::new(bitmap, size_of_val(&*dirty))
        .writer()
        .write_slice(dirty.as_bytes())?;
    Ok(0)
}
// ANCHOR_END: ioctl
