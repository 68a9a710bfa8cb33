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
/// `size` bytes at the guest's physical address `guest`, which are at userspace's address `user`.
pub(crate) struct MemorySlot {
    pub(crate) id: u16,
    pub(crate) flags: u32,
    pub(crate) guest: u64,
    pub(crate) size: u64,
    pub(crate) user: u64,
    /// A bit for each page that was written. Empty unless userspace asks for the log.
    pub(crate) dirty: KVVec<u64>,
}
// ANCHOR_END: slot

// ANCHOR: slots
/// The slots of a VM. They do not overlap, and 32764 of them must not be slower than one.
pub(crate) struct MemorySlots {
    /// By the last address of each.
    pub(super) by_address: RBTree<u64, MemorySlot>,
    /// By the id: the last address.
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

    /// Whether a slot but `id` has one of these addresses.
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

    /// Puts a slot in the place of the one with its id, if there is one. A log that goes on keeps
    /// what is in it. The slot must not overlap others.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; the slots are then as before.
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
    /// Asks the slot that has this address of the guest, if there is one.
    pub(super) fn at<T>(&self, gpa: u64, ask: impl FnOnce(&MemorySlot) -> T) -> Option<T> {
        // The first slot that does not end before it.
        let cursor = self.by_address.cursor_lower_bound(&gpa)?;
        let (_, slot) = cursor.current();
        (slot.guest <= gpa).then(|| ask(slot))
    }
    // ANCHOR_END: at
}
