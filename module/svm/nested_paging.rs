// SPDX-License-Identifier: GPL-2.0

//! [`NestedPageTable`]: maps the guest's physical addresses to the host's.
//!
//! Counterparts: `kvm_tdp_page_fault()` in
//! [`arch/x86/kvm/mmu/mmu.c`](srctree/arch/x86/kvm/mmu/mmu.c), `kvm_tdp_mmu_map()` in
//! [`arch/x86/kvm/mmu/tdp_mmu.c`](srctree/arch/x86/kvm/mmu/tdp_mmu.c); AMD's manual, volume 2, section
//! "Nested Paging". Here each vCPU has its own table, which no other thread touches: the vCPU
//! detects a change of memory at its next entry, and then drops the whole table.

use kernel::{
    mm::Mm,
    page::PAGE_SHIFT,
    prelude::*,
    rbtree::RBTree,
    sync::aref::ARef, //
};

use crate::{
    abstractions::{
        hva_to_pfn::{
            hva_to_pfn,
            Pfn, //
        },
        mmu_notifier::MmuNotifier,
        physical::Physical, //
    },
    device::Engine,
    vm::{
        last_used_slot::LastUsedSlots,
        Vm, //
    }, //
};

const PRESENT: u64 = 1 << 0;
const WRITABLE: u64 = 1 << 1;
/// The CPU checks every access of a guest as a user access.
const USER: u64 = 1 << 2;

/// As deep as the host's own tables: `hardware_setup.rs` rejects five levels.
const LEVELS: usize = 4;
/// The number of address bits in an index.
const INDEX_BITS: usize = 9;

type Table = Physical<[u64; 1 << INDEX_BITS]>;

/// The table of one vCPU. It is empty at first, and nested page faults fill it.
pub(crate) struct NestedPageTable {
    root: Table,
    /// The lower tables, by the level and the address of the entry that points to them.
    tables: RBTree<(usize, u64), Table>,
    /// The notifier's sequence number at which all entries were valid.
    sequence: u64,
}

impl NestedPageTable {
    /// # Errors
    ///
    /// `ENOMEM` if memory runs out.
    pub(super) fn new() -> Result<Self> {
        Ok(NestedPageTable {
            root: Table::filled(0)?,
            tables: RBTree::new(),
            sequence: 0,
        })
    }

    /// Returns the value of nCR3.
    pub(crate) fn address(&self) -> u64 {
        self.root.address()
    }

    /// Returns the sequence number that the notifier must have when the guest is entered.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    // ANCHOR: refresh
    /// Drops all entries if memory has changed.
    pub(super) fn refresh(&mut self, notifier: &MmuNotifier) {
        let sequence = notifier.sequence();
        if self.sequence != sequence {
            self.root.fill(0);
            self.tables = RBTree::new();
            self.sequence = sequence;
        }
    }
    // ANCHOR_END: refresh

    /// Maps a page into the guest.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if memory runs out.
    pub(super) fn map(&mut self, gpa: u64, pfn: &Pfn) -> Result {
        for level in (1..LEVELS).rev() {
            let key = key(gpa, level);
            if self.tables.get(&key).is_none() {
                let table = Table::filled(0)?;
                let entry = table.address() | PRESENT | WRITABLE | USER;
                self.tables
                    .try_create_and_insert(key, table, GFP_KERNEL_ACCOUNT)?;
                self.set(gpa, level, entry);
            }
        }
        let writable = if pfn.writable { WRITABLE } else { 0 };
        self.set(gpa, 0, pfn.address | PRESENT | USER | writable);
        Ok(())
    }

    /// Writes the entry for an address, in the table that the level above points to.
    fn set(&mut self, gpa: u64, level: usize, entry: u64) {
        let table = match level + 1 {
            LEVELS => Some(&mut self.root),
            above => self.tables.get_mut(&key(gpa, above)),
        };
        let index = (gpa >> (PAGE_SHIFT + level * INDEX_BITS)) as usize % (1 << INDEX_BITS);
        if let Some(place) = table.and_then(|table| table.get_mut(index)) {
            *place = entry;
        }
    }
}

/// Returns the key of the table that the entry of this level points to.
fn key(gpa: u64, level: usize) -> (usize, u64) {
    (level, gpa >> (PAGE_SHIFT + level * INDEX_BITS))
}

impl Engine {
    /// Registers the MMU notifier of a VM, if its engine needs one.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if memory runs out; `EINTR` if a signal is pending.
    pub(crate) fn mmu_notifier(self, mm: &ARef<Mm>) -> Result<Option<Pin<KBox<MmuNotifier>>>> {
        match self {
            Engine::Interpreter => Ok(None),
            Engine::Svm => {
                let notifier = MmuNotifier::register(mm.clone());
                Ok(Some(KBox::pin_init(notifier, GFP_KERNEL_ACCOUNT)?))
            }
        }
    }
}

// ANCHOR: fault-in
/// Returns the page at a guest physical address; `None` for MMIO. Logs the write that will follow.
///
/// # Errors
///
/// `EFAULT` if userspace has nothing mapped there, or nothing writable; `EINTR` if interrupted.
pub(super) fn fault_in(
    vm: &Vm,
    slots: &mut LastUsedSlots,
    gpa: u64,
    write: bool,
) -> Result<Option<Pfn>> {
    slots.refresh(vm);
    let hva = slots.data.gpa_to_hva(vm, gpa);
    let Some(hva) = hva.filter(|_| !write || slots.data.is_writable()) else {
        return Ok(None);
    };
    // If dirty pages are logged, the first write to this page must still fault.
    let may_write = write || slots.data.is_writable() && !slots.data.is_logged();
    let pfn = hva_to_pfn(hva, write, may_write)?;
    if write {
        vm.mark_page_dirty(slots, gpa);
    }
    Ok(Some(pfn))
}
// ANCHOR_END: fault-in
