// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_DIRTY_LOG`: which pages of a slot the guest has written since the last call.
//!
//! Counterpart: `kvm_get_dirty_log_protect()`.

use kernel::{
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
/// `EINVAL` where the number is none of a slot, `ENOENT` where there is no such slot or none whose
/// writes are logged, and `EFAULT`. What was logged is forgotten even if it could not be written
/// to the program.
// ANCHOR: ioctl
pub(super) fn ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    get(vm, copy_from_user(arg)?)
}

/// From a 32-bit program, whose pointer leaves the upper half of the field undefined.
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

    let mut memory = lock_killable(&vm.memory)?;
    let slot = memory
        .slots()
        .iter_mut()
        .find(|slot| slot.id == id && !slot.dirty.is_empty())
        .ok_or(ENOENT)?;
    let bitmap = UserPtr::from_addr(log.dirty_bitmap as usize);
    let copied = UserSlice::new(bitmap, size_of_val(&*slot.dirty))
        .writer()
        .write_slice(slot.dirty.as_bytes());
    slot.dirty.fill(0);
    copied?;
    Ok(0)
}
// ANCHOR_END: ioctl
