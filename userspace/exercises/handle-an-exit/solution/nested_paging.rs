// SPDX-License-Identifier: GPL-2.0

//! The guest's memory: one page, at the guest's physical address 0.
//!
//! Counterpart: `module/svm/nested_paging.rs`, which fills its table on
//! faults and drops the pages that userspace unmaps. This page belongs to the
//! kernel, so userspace cannot unmap it. There is nothing to do in this file.

use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

use crate::abstractions::physical::Physical;

/// Present, writable, accessible in user mode.
const ENTRY: u64 = 7;

type Table = Physical<[u64; 512]>;

/// The first entry of each table refers to the next table, and that of the last to the page.
pub(crate) struct NestedPageTable {
    tables: [Table; 4],
    _page: Physical<[u8; PAGE_SIZE]>,
}

impl NestedPageTable {
    /// # Errors
    ///
    /// `ENOMEM` if there is no memory.
    pub(super) fn of_one_page(code: &[u8]) -> Result<Self> {
        let mut page = Physical::<[u8; PAGE_SIZE]>::filled(0)?;
        page.iter_mut().zip(code).for_each(|(to, from)| *to = *from);
        let mut below = page.address();
        let mut table = || -> Result<Table> {
            let mut table = Table::filled(0)?;
            table[0] = below | ENTRY;
            below = table.address();
            Ok(table)
        };
        Ok(NestedPageTable {
            tables: [table()?, table()?, table()?, table()?],
            _page: page,
        })
    }

    /// Returns nCR3: the topmost table is the one created last.
    pub(crate) fn address(&self) -> u64 {
        let [.., root] = &self.tables;
        root.address()
    }

    /// The page is never unmapped, so no change of the process's memory counts.
    pub(crate) fn sequence(&self) -> u64 {
        0
    }
}
