// SPDX-License-Identifier: GPL-2.0

//! [`LastUsedSlot`]: the slot that a vCPU used last, and will probably use next.
//!
//! Counterparts: `last_used_slot` of `struct kvm_vcpu`, and `generation` of `struct kvm_memslots`, in
//! [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h).

use kernel::sync::atomic::{
    Acquire,
    Full, //
};

use super::Vm;
use crate::uapi::kvm::{
    KVM_MEM_LOG_DIRTY_PAGES,
    KVM_MEM_READONLY, //
};

/// The numbers of a slot, as they were in a generation of the slots.
#[derive(Default)]
pub(crate) struct LastUsedSlot {
    generation: u64,
    flags: u32,
    guest: u64,
    /// At first 0: no address is in it.
    size: u64,
    user: u64,
}

impl LastUsedSlot {
    pub(super) fn is_writable(&self) -> bool {
        self.flags & KVM_MEM_READONLY == 0
    }

    pub(super) fn is_logged(&self) -> bool {
        self.flags & KVM_MEM_LOG_DIRTY_PAGES != 0
    }

    /// Whether the slots are still those that it is from.
    pub(super) fn is_current(&self, vm: &Vm) -> bool {
        self.generation == vm.generation.load(Acquire)
    }

    // ANCHOR: gpa-to-hva
    /// Where in userspace an address of the guest is. Looks the slot up if it is another one now.
    #[inline]
    pub(super) fn gpa_to_hva(&mut self, vm: &Vm, gpa: u64) -> Option<usize> {
        if !self.is_current(vm) || gpa.wrapping_sub(self.guest) >= self.size {
            self.look_up(vm, gpa)?;
        }
        Some(self.user.wrapping_add(gpa.wrapping_sub(self.guest)) as usize)
    }

    #[cold]
    #[inline(never)]
    fn look_up(&mut self, vm: &Vm, gpa: u64) -> Option<()> {
        // Read first: if the slots change meanwhile, the next access looks again.
        let generation = vm.generation.load(Acquire);
        *self = vm.memory.lock().at(gpa, |slot| LastUsedSlot {
            generation,
            flags: slot.flags,
            guest: slot.guest,
            size: slot.size,
            user: slot.user,
        })?;
        Some(())
    }
    // ANCHOR_END: gpa-to-hva
}

impl Vm {
    /// The slots have changed: what vCPUs know of them is out of date.
    pub(super) fn next_generation(&self) {
        self.generation.fetch_add(1, Full);
    }
}
