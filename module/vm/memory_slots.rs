// SPDX-License-Identifier: GPL-2.0

//! A VM's memory slots, each backed by memory of the userspace process.
//!
//! Counterparts: `struct kvm_memory_slot` and `struct kvm_memslots` in
//! [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h).

use kernel::{
    alloc::KVVec,
    prelude::*,
    rbtree::{
        RBTree,
        RBTreeNode,
        RBTreeNodeReservation, //
    }, //
};

use crate::uapi::kvm::KVM_MEM_LOG_DIRTY_PAGES;

// ANCHOR: slot
/// A slot: `size` bytes at guest physical address `guest`, backed by userspace address `user`.
pub(crate) struct MemorySlot {
    pub(crate) id: u16,
    pub(crate) flags: u32,
    pub(crate) guest: u64,
    pub(crate) size: u64,
    pub(crate) user: u64,
    /// One bit per page, set when the guest writes it. Empty unless userspace asks for the log.
    pub(crate) dirty: KVVec<u64>,
}
// ANCHOR_END: slot

// ANCHOR: slots
/// The slots of a VM. They do not overlap. Lookups must stay fast with 32764 of them.
pub(crate) struct MemorySlots {
    /// The slots, sorted by their last address.
    pub(super) by_address: RBTree<u64, MemorySlot>,
    /// The last address of each slot, sorted by id.
    by_id: RBTree<u16, u64>,
}
// ANCHOR_END: slots

impl MemorySlots {
    pub(super) fn new() -> Self {
        MemorySlots {
            by_address: RBTree::new(),
            by_id: RBTree::new(),
        }
    }

    /// Returns whether a slot other than `id` overlaps these addresses.
    pub(super) fn overlaps(&self, id: u16, guest: u64, size: u64) -> bool {
        let Some(cursor) = self.by_address.cursor_lower_bound(&guest) else {
            return false;
        };
        let overlaps = |(_, slot): (&u64, &MemorySlot)| slot.id != id && slot.guest < guest + size;
        overlaps(cursor.current()) || cursor.peek_next().is_some_and(overlaps)
    }

    pub(super) fn get_mut(&mut self, id: u16) -> Option<&mut MemorySlot> {
        self.by_address.get_mut(self.by_id.get(&id)?)
    }

    pub(super) fn remove(&mut self, id: u16) -> Option<MemorySlot> {
        self.by_address.remove(&self.by_id.remove(&id)?)
    }

    /// Inserts a slot, and removes the old one with the same id, if any. If both have a log, the
    /// new slot takes over the contents. The slot must not overlap others.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, and then the slots are unchanged.
    pub(super) fn insert(&mut self, mut slot: MemorySlot) -> Result {
        let (id, last) = (slot.id, slot.guest + (slot.size - 1));
        let by_id = RBTreeNode::new(id, last, GFP_KERNEL_ACCOUNT)?;
        let by_address = RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT)?;
        // Nothing fails from here on.
        if let Some(old) = self.remove(id) {
            if slot.flags & old.flags & KVM_MEM_LOG_DIRTY_PAGES != 0 {
                slot.dirty = old.dirty;
            }
        }
        self.by_address.insert(by_address.into_node(last, slot));
        self.by_id.insert(by_id);
        Ok(())
    }

    // ANCHOR: at
    /// Calls `ask` with the slot that contains `gpa`, if there is one.
    pub(super) fn at<T>(&self, gpa: u64, ask: impl FnOnce(&MemorySlot) -> T) -> Option<T> {
        // The first slot that ends at or after `gpa`.
        let cursor = self.by_address.cursor_lower_bound(&gpa)?;
        let (_, slot) = cursor.current();
        (slot.guest <= gpa).then(|| ask(slot))
    }
    // ANCHOR_END: at
}
