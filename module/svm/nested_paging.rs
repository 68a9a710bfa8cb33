// SPDX-License-Identifier: GPL-2.0

//! [`NestedPageTable`]: from the guest's physical addresses to the host's.
//!
//! Counterparts: `kvm_tdp_page_fault()` in
//! [`arch/x86/kvm/mmu/mmu.c`](srctree/arch/x86/kvm/mmu/mmu.c), `kvm_tdp_mmu_map()` in
//! [`arch/x86/kvm/mmu/tdp_mmu.c`](srctree/arch/x86/kvm/mmu/tdp_mmu.c); AMD's manual, volume 2, section
//! "Nested Paging". Here each vCPU has a table of its own, which nobody else touches: what has changed
//! is found out at the next entry, and then all of the table is dropped.

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
/// All accesses of a guest count as those of a user.
const USER: u64 = 1 << 2;

/// As deep as the host's own table: `hardware_setup.rs` knows no other.
const LEVELS: usize = 4;
/// How many bits of an address an index has.
const INDEX_BITS: usize = 9;

type Table = Physical<[u64; 1 << INDEX_BITS]>;

/// The table of one vCPU. It is empty at first, and filled where the guest runs into a gap.
pub(crate) struct NestedPageTable {
    root: Table,
    /// The tables below: by the level, and the part of the address that leads to them.
    tables: RBTree<(usize, u64), Table>,
    /// What is in the table is true while nothing has changed since.
    sequence: u64,
}

impl NestedPageTable {
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(super) fn new() -> Result<Self> {
        Ok(NestedPageTable {
            root: Table::filled(0)?,
            tables: RBTree::new(),
            sequence: 0,
        })
    }

    /// nCR3.
    pub(crate) fn address(&self) -> u64 {
        self.root.address()
    }

    /// The number that must be the notifier's when the guest is entered.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    // ANCHOR: refresh
    /// Drops everything if memory has changed.
    pub(super) fn refresh(&mut self, notifier: &MmuNotifier) {
        let sequence = notifier.sequence();
        if self.sequence != sequence {
            self.root.fill(0);
            self.tables = RBTree::new();
            self.sequence = sequence;
        }
    }
    // ANCHOR_END: refresh

    /// Maps a page of the guest.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
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

    /// Writes the entry for an address, into the table to which the level above points.
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

/// By what the table is found to which the entry of this level points.
fn key(gpa: u64, level: usize) -> (usize, u64) {
    (level, gpa >> (PAGE_SHIFT + level * INDEX_BITS))
}

impl Engine {
    /// What tells a VM's nested page tables that they are out of date.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
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
/// The page of a guest's physical address; `None` for MMIO. Logs a write, which the guest will make.
///
/// # Errors
///
/// `EFAULT` where nothing is mapped there in userspace any more, or nothing writable; `EINTR`.
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
    // Of a page that is logged the first write must be noticed.
    let may_write = write || slots.data.is_writable() && !slots.data.is_logged();
    let pfn = hva_to_pfn(hva, write, may_write)?;
    if write {
        vm.mark_page_dirty(slots, gpa);
    }
    Ok(Some(pfn))
}
// ANCHOR_END: fault-in
