// SPDX-License-Identifier: MIT OR Apache-2.0

//! The layout of a guest's memory.
//!
//! All addresses of real mode are mapped except a hole, yet the memory is
//! small enough to be compared as a whole after each program: the same 64
//! KiB are mapped repeatedly, with a few separate pages in between.

use std::sync::LazyLock;

/// The size of a page.
pub const PAGE: usize = 0x1000;

/// The first address out of real mode's reach: a segment at 0xffff0 with its full size ends here.
pub const END: u32 = 0x110000;

/// Page tables, for the modes that have them.
pub const TABLES: u32 = END;

const TABLE_PAGES: usize = 4;

/// The first address after all memory.
pub const LAST: u32 = TABLES + (TABLE_PAGES * PAGE) as u32;

/// The interrupt vector table.
pub const VECTORS: u32 = 0;

/// The handlers of the vectors.
pub const HANDLERS: u32 = 0x10000;

/// The program.
pub const CODE: u32 = 0x11000;

/// Memory for the program's and the handlers'
/// own use: random addresses rarely point here.
pub const CELLS: u32 = 0x12000;

/// Unmapped, where a PC has its screen: [`HOLE_PAGES`].
pub const HOLE: u32 = 0xa0000;

/// The number of its pages.
pub const HOLE_PAGES: u32 = 4;

/// Read-only memory, where a PC has its ROM.
pub const ROM: u32 = 0xc0000;

const DATA_PAGES: usize = 16;

/// The number of all memory pages.
pub const PAGES: usize = DATA_PAGES + 5 + TABLE_PAGES;

/// The content of a page of guest addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// This page of the memory.
    Ram(usize),
    /// This page of the memory, read-only for the guest.
    Rom(usize),
    /// Nothing.
    Hole,
}

/// A memory slot: adjacent pages of the guest's addresses that are adjacent in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The address in the guest.
    pub address: u32,
    /// The first page of memory.
    pub page: usize,
    /// The number of pages.
    pub pages: usize,
    /// Whether it is read-only for the guest.
    pub read_only: bool,
}

/// Returns the page of an address.
pub fn page_of(address: u32) -> Page {
    let hole = HOLE..HOLE + HOLE_PAGES * PAGE as u32;
    match address & !(PAGE as u32 - 1) {
        VECTORS => Page::Ram(DATA_PAGES),
        HANDLERS => Page::Ram(DATA_PAGES + 1),
        CODE => Page::Ram(DATA_PAGES + 2),
        CELLS => Page::Ram(DATA_PAGES + 3),
        ROM => Page::Rom(DATA_PAGES + 4),
        address if (TABLES..LAST).contains(&address) => {
            Page::Ram(DATA_PAGES + 5 + (address - TABLES) as usize / PAGE)
        }
        address if address >= END || hole.contains(&address) => Page::Hole,
        address => Page::Ram(address as usize / PAGE % DATA_PAGES),
    }
}

/// Returns whether an address is in a page of code.
pub fn is_code(address: u32) -> bool {
    (HANDLERS..CODE + PAGE as u32).contains(&address)
}

/// Returns the name of a page of the memory.
pub fn page_names(page: usize) -> String {
    #[rustfmt::skip]
    const NAMES: [&str; PAGES - DATA_PAGES] = [
        "vectors", "handlers", "code", "cells", "ROM", "page table", "page directory",
        "PDPT", "PML4",
    ];
    match page.checked_sub(DATA_PAGES) {
        None => format!("address {:#x} modulo 64 KiB", page * PAGE),
        Some(index) => NAMES[index].to_owned(),
    }
}

/// Returns all memory slots, in the order of their addresses.
pub fn regions() -> &'static [Region] {
    static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
        let mut regions: Vec<Region> = Vec::new();
        for address in (0..LAST).step_by(PAGE) {
            let (page, read_only) = match page_of(address) {
                Page::Ram(page) => (page, false),
                Page::Rom(page) => (page, true),
                Page::Hole => continue,
            };
            match regions.last_mut() {
                Some(last)
                    if last.read_only == read_only
                        && address != TABLES
                        && last.page + last.pages == page
                        && last.address as usize + last.pages * PAGE == address as usize =>
                {
                    last.pages += 1;
                }
                _ => regions.push(Region {
                    address,
                    page,
                    pages: 1,
                    read_only,
                }),
            }
        }
        regions
    });
    &REGIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regions_are_the_pages() {
        let mut pages = 0;
        for region in regions() {
            for i in 0..region.pages {
                let page = match page_of(region.address + (i * PAGE) as u32) {
                    Page::Rom(page) if region.read_only => page,
                    Page::Ram(page) if !region.read_only => page,
                    other => panic!("{region:x?} has {other:?} in it"),
                };
                assert_eq!(page, region.page + i);
                pages += 1;
            }
        }
        assert_eq!(
            pages,
            END as usize / PAGE - HOLE_PAGES as usize + TABLE_PAGES
        );
    }
}
