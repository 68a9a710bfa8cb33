// SPDX-License-Identifier: MIT OR Apache-2.0

//! The CPU's tables: descriptors, interrupts, pages.
//!
//! The first MiBs are mapped to the same addresses. [`WINDOW`]
//! has small pages: some of memory, and one of each other kind.

use super::handlers;
use crate::memory_map::{CELLS, HOLE, PAGE, TABLES, VECTORS};
use crate::mode::Mode;

/// The descriptor table, after the cells.
pub const GDT: u32 = CELLS + 0x800;

/// FS and GS have nonzero bases, so that the segment matters.
pub const FS_BASE: u32 = 0x1_0000;
/// The same: a device's memory is within 64 KiB of it.
pub const GS_BASE: u32 = HOLE - 0x8000;

/// Valid selectors: for DS, ES and SS; for FS; for GS.
pub const SELECTORS: [u16; 3] = [0x10, 0x18, 0x20];

/// The address of the small pages.
pub const WINDOW: u32 = 0x40_0000;

/// A kind of page in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowPage {
    /// A device's memory. All pages before it are memory.
    Device = 16,
    /// Read-only memory.
    ReadOnly = 17,
    /// Not present.
    Absent = 18,
    /// A device's memory, above 4 GiB if entries have 64 bits.
    High = 19,
}

const PRESENT: u64 = 1 << 0;
const WRITABLE: u64 = 1 << 1;
const LARGE: u64 = 1 << 7;
/// Accessed and dirty: the CPU sets them if they are clear, KVM's emulator does not.
const USED: u64 = 3 << 5;
const TABLE: u64 = PRESENT | WRITABLE | 1 << 5;

// One page each.
const PT: u32 = TABLES;
const PD: u32 = TABLES + PAGE as u32;
const PDPT: u32 = TABLES + 2 * PAGE as u32;
const PML4: u32 = TABLES + 3 * PAGE as u32;

/// Returns the value of CR3.
pub fn root(mode: Mode) -> u32 {
    match mode {
        Mode::Paged => PD,
        Mode::Pae => PDPT,
        Mode::Long => PML4,
        _ => 0,
    }
}

/// Writes all tables and the handlers to their places.
pub fn put(mode: Mode, mut write: impl FnMut(u32, &[u8])) {
    write(VECTORS, &idt(mode));
    write(crate::memory_map::HANDLERS, handlers::code(mode));
    for (index, descriptor) in (0..).zip(gdt()) {
        write(GDT + 8 * index, &descriptor.to_le_bytes());
    }
    if !mode.has_paging() {
        return;
    }
    let mut entry = |table: u32, index: u32, value: u64| match mode {
        Mode::Paged => write(table + 4 * index, &(value as u32).to_le_bytes()),
        _ => write(table + 8 * index, &value.to_le_bytes()),
    };
    for table in [PT, PD, PDPT, PML4] {
        for index in 0..512 {
            entry(table, index, 0);
            if mode == Mode::Paged {
                entry(table, 512 + index, 0);
            }
        }
    }
    for index in 0..=WindowPage::High as u32 {
        entry(PT, index, window(index, mode));
    }
    let identity = PRESENT | WRITABLE | LARGE | USED;
    let pt = u64::from(PT) | TABLE;
    let shift = if mode == Mode::Paged { 22 } else { 21 };
    entry(PD, 0, identity);
    entry(PD, WINDOW >> shift, pt);
    if mode != Mode::Paged {
        let top = if mode == Mode::Pae { PRESENT } else { TABLE };
        entry(PDPT, 0, u64::from(PD) | top);
        entry(PML4, 0, u64::from(PDPT) | TABLE);
    }
}

/// Returns the entry for a page of the window.
fn window(index: u32, mode: Mode) -> u64 {
    const DATA: u32 = 0x2_0000;
    let flags = PRESENT | WRITABLE | USED;
    let page = |address: u32| u64::from(address);
    match index {
        // In another order than in memory.
        0..=15 => page(DATA + (index * 7 % 16) * PAGE as u32) | flags,
        16 => page(HOLE) | flags,
        17 => page(DATA) | flags & !WRITABLE,
        19 if mode == Mode::Paged => page(HOLE + PAGE as u32) | flags,
        19 => 0x12_3456_7000 | flags,
        _ => 0,
    }
}

/// Returns null; code; data; data at FS's and at GS's base.
pub fn gdt() -> Vec<u64> {
    const CODE: u64 = 0x00cf_9b00_0000_ffff;
    const LONG_CODE: u64 = 0x00af_9b00_0000_ffff;
    const DATA: u64 = 0x00cf_9300_0000_ffff;
    let at = |base: u32| DATA | u64::from(base & 0xff_ffff) << 16 | u64::from(base >> 24) << 56;
    vec![0, CODE, DATA, at(FS_BASE), at(GS_BASE), LONG_CODE]
}

/// Returns the code selector of a mode.
pub fn code_selector(mode: Mode) -> u16 {
    match mode {
        Mode::Long => 0x28,
        _ => 8,
    }
}

/// Returns a gate for each vector.
pub fn idt(mode: Mode) -> Vec<u8> {
    const INTERRUPT_GATE: u16 = 0x8e00;
    let long = mode == Mode::Long;
    let selector = code_selector(mode);
    let mut table = Vec::new();
    for vector in 0..=u8::MAX {
        let address = handlers::address(vector);
        let words = [
            address as u16,
            selector,
            INTERRUPT_GATE,
            (address >> 16) as u16,
        ];
        table.extend(words.into_iter().flat_map(u16::to_le_bytes));
        if long {
            table.extend([0; 8]);
        }
    }
    table
}
