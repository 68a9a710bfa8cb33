// SPDX-License-Identifier: GPL-2.0

//! [`LastUsedSlots`]: the slots that a vCPU used last, and will probably use next.
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

/// The slots that a vCPU used last: one for code and one for data.
#[derive(Default)]
pub(crate) struct LastUsedSlots {
    generation: u64,
    pub(crate) code: LastUsedSlot,
    pub(crate) data: LastUsedSlot,
}

/// A copy of a slot's fields.
#[derive(Default)]
pub(crate) struct LastUsedSlot {
    guest: u64,
    /// 0 if no slot is cached: then no address matches.
    size: u64,
    user: u64,
    flags: u32,
}

impl LastUsedSlots {
    // ANCHOR: refresh
    /// Drops the cached slots if any slot has changed since. Called at each fetch of code.
    #[inline(always)]
    pub(crate) fn refresh(&mut self, vm: &Vm) {
        let generation = vm.generation.load(Acquire);
        if self.generation != generation {
            *self = LastUsedSlots {
                generation,
                ..LastUsedSlots::default()
            };
        }
    }
    // ANCHOR_END: refresh

    /// Returns whether no slot has changed since the last [`refresh`](Self::refresh).
    #[inline(always)]
    pub(super) fn are_current(&self, vm: &Vm) -> bool {
        self.generation == vm.generation.load(Acquire)
    }
}

impl LastUsedSlot {
    pub(crate) fn is_writable(&self) -> bool {
        self.flags & KVM_MEM_READONLY == 0
    }

    pub(crate) fn is_logged(&self) -> bool {
        self.flags & KVM_MEM_LOG_DIRTY_PAGES != 0
    }

    // ANCHOR: gpa-to-hva
    /// Returns the userspace address of `gpa`. Looks up the slot if `gpa` is not in the cached one.
    #[inline(always)]
    pub(crate) fn gpa_to_hva(&mut self, vm: &Vm, gpa: u64) -> Option<usize> {
        if gpa.wrapping_sub(self.guest) >= self.size {
            *self = LastUsedSlot::look_up(vm, gpa)?;
        }
        Some(self.user.wrapping_add(gpa.wrapping_sub(self.guest)) as usize)
    }

    #[cold]
    #[inline(never)]
    fn look_up(vm: &Vm, gpa: u64) -> Option<Self> {
        vm.memory.lock().at(gpa, |slot| LastUsedSlot {
            guest: slot.guest,
            size: slot.size,
            user: slot.user,
            flags: slot.flags,
        })
    }
    // ANCHOR_END: gpa-to-hva
}

impl Vm {
    /// Invalidates what vCPUs have cached: slots have changed, or a log was read. When this returns,
    /// no CPU runs a guest with old pages. The interpreter may use an old slot until its next fetch.
    pub(super) fn next_generation(&self) {
        self.generation.fetch_add(1, Full);
        if let Some(notifier) = &self.mmu_notifier {
            notifier.invalidate();
        }
    }
}
