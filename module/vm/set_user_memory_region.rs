// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_USER_MEMORY_REGION` and `KVM_SET_USER_MEMORY_REGION2`: create, move, change or remove a slot.
//!
//! Counterparts: `kvm_vm_ioctl_set_memory_region()` and `kvm_set_memory_region()`.

use kernel::{
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

use super::{
    memory_slots::MemorySlot,
    Vm, //
};
use crate::{
    abstractions::{
        lock_killable::lock_killable,
        mm, //
    },
    limits::{
        KVM_MEM_MAX_NR_PAGES,
        KVM_USER_MEM_SLOTS, //
    },
    svm,
    uaccess::copy_from_user,
    uapi::kvm::{
        KvmUserspaceMemoryRegion,
        KvmUserspaceMemoryRegion2,
        KVM_MEM_LOG_DIRTY_PAGES,
        KVM_MEM_READONLY, //
    }, //
};

/// No x86 CPU has longer physical addresses.
const MAX_PHYSICAL_BITS: u32 = 52;

/// # Errors
///
/// `EINVAL` if a field is invalid, if there is no slot to remove, or if an existing slot cannot be
/// changed in this way; `EEXIST` if two slots would overlap; `EFAULT`; `ENOMEM`. On an error, the
/// slots are unchanged.
// ANCHOR: ioctl
pub(super) fn ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    set(vm, &copy_from_user(arg)?)
}

/// `KVM_SET_USER_MEMORY_REGION2`: does the same. It ignores the fields of guest_memfd, whose flag
/// hiboma does not support.
pub(super) fn ioctl2(vm: &Vm, arg: usize) -> Result<isize> {
    let it: KvmUserspaceMemoryRegion2 = copy_from_user(arg)?;
    set(vm, &it.region)
}

fn set(vm: &Vm, region: &KvmUserspaceMemoryRegion) -> Result<isize> {
    let id = check(region)?;

    let _lock = lock_killable(&vm.slots_lock)?;
    if region.memory_size == 0 {
        let removed = vm.memory.lock().remove(id).ok_or(EINVAL)?;
        vm.next_generation();
        drop(removed);
        return Ok(0);
    }

    // In an existing slot, only the guest address and the dirty log may change.
    let old = vm.memory.lock().get_mut(id).map(|slot| {
        let fixed = slot.user == region.userspace_addr
            && slot.size == region.memory_size
            && (slot.flags ^ region.flags) & KVM_MEM_READONLY == 0;
        (fixed, slot.guest, slot.flags)
    });
    if let Some((false, ..)) = old {
        return Err(EINVAL);
    }
    let stays = old.is_some_and(|(_, guest, _)| guest == region.guest_phys_addr);
    let (guest, size) = (region.guest_phys_addr, region.memory_size);
    if !stays && vm.memory.lock().overlaps(id, guest, size) {
        return Err(EEXIST);
    }
    let bits = match vm.mmu_notifier {
        None => MAX_PHYSICAL_BITS,
        // As in KVM: the host's limit applies.
        Some(_) => svm::cpuid::physical_bits(),
    };
    if !stays && guest + size > 1 << bits {
        return Err(EINVAL);
    }

    let was_logged = old.is_some_and(|(_, _, flags)| flags & KVM_MEM_LOG_DIRTY_PAGES != 0);
    let slot = MemorySlot {
        id,
        flags: region.flags,
        guest,
        size,
        user: region.userspace_addr,
        dirty: MemorySlot::new_bitmap(if was_logged { 0 } else { region.flags }, size)?,
    };
    if let Some(notifier) = &vm.mmu_notifier {
        notifier.watch(region.userspace_addr, size);
    }
    vm.memory.lock().insert(slot)?;
    vm.next_generation();
    Ok(0)
}
// ANCHOR_END: ioctl

/// Checks what does not depend on other slots. Returns the slot's id.
fn check(region: &KvmUserspaceMemoryRegion) -> Result<u16> {
    let is_aligned = |number: u64| number & !PAGE_MASK as u64 == 0;

    // The upper half of `slot` is the id of an address space; the only one is 0.
    let id = u16::try_from(region.slot).map_err(|_| EINVAL)?;
    let valid = region.flags & !(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY) == 0
        && id < KVM_USER_MEM_SLOTS
        && is_aligned(region.memory_size)
        && is_aligned(region.guest_phys_addr)
        && is_aligned(region.userspace_addr)
        && mm::access_ok(region.userspace_addr, region.memory_size)
        && region
            .guest_phys_addr
            .checked_add(region.memory_size)
            .is_some()
        && region.memory_size / PAGE_SIZE as u64 <= KVM_MEM_MAX_NR_PAGES;
    if valid {
        Ok(id)
    } else {
        Err(EINVAL)
    }
}
