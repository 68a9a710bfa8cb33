// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest's memory.

use std::io;

use memmap2::MmapMut;
use random::Dice;

use crate::memory_map::{CELLS, CODE, HANDLERS, PAGE, PAGES, Page, VECTORS, page_of};
use crate::mode::Mode;
use crate::{flat, handlers};

/// The filler of the program's page: `hlt`.
const FILLER: u8 = 0xf4;

/// Returns the initial memory of every program of a mode, without its code.
fn pristine(mode: Mode) -> Vec<u8> {
    let mut dice = Dice::new(0, Dice::MEMORY);
    let mut bytes: Vec<u8> = (0..PAGES * PAGE).map(|_| dice.byte()).collect();
    let mut put = |address: u32, content: &[u8]| {
        let start = offset_in_ram(address);
        bytes[start..start + content.len()].copy_from_slice(content);
    };
    put(CODE, &[FILLER; PAGE]);
    put(CELLS, &[0; PAGE]);
    if mode == Mode::Real {
        put(VECTORS, &handlers::vectors());
        put(HANDLERS, handlers::code());
    } else {
        flat::put(mode, put);
    }
    bytes
}

/// All pages of a guest, at fixed addresses in this process.
pub struct Memory {
    map: MmapMut,
    pristine: Vec<u8>,
    /// The pages that may differ from the initial memory.
    dirty: Pages,
}

impl Memory {
    /// Creates the initial memory for a mode.
    pub fn new(mode: Mode) -> io::Result<Memory> {
        let mut map = MmapMut::map_anon(PAGES * PAGE)?;
        let pristine = pristine(mode);
        map.copy_from_slice(&pristine);
        Ok(Memory {
            map,
            pristine,
            dirty: Pages::NONE,
        })
    }

    /// Restores the initial memory, and writes `code` to its place.
    pub fn reset(&mut self, code: &[u8]) {
        let code_page = offset_in_ram(CODE) / PAGE;
        for page in (0..PAGES).filter(|&page| self.dirty.contains(page) && page != code_page) {
            let bytes = page * PAGE..(page + 1) * PAGE;
            self.map[bytes.clone()].copy_from_slice(&self.pristine[bytes]);
        }
        self.dirty = Pages::NONE;
        let (program, rest) =
            self.map[code_page * PAGE..(code_page + 1) * PAGE].split_at_mut(code.len());
        program.copy_from_slice(code);
        rest.fill(FILLER);
    }

    /// Returns the pages written since then.
    pub fn dirty(&self) -> Pages {
        self.dirty
    }

    /// Sets the pages that were written from elsewhere.
    pub fn set_dirty(&mut self, pages: Pages) {
        self.dirty = pages;
    }

    /// Returns the address of a page in this process.
    pub fn address(&self, page: usize) -> u64 {
        self.map[page * PAGE..].as_ptr() as u64
    }

    /// Returns all memory, in the order of [`page_of`]'s pages.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Returns a part of one page.
    pub fn slice(&self, page: usize, offset: usize, len: usize) -> &[u8] {
        &self.map[page * PAGE..(page + 1) * PAGE][offset..offset + len]
    }

    /// Returns a part of one page, for writing.
    pub fn slice_mut(&mut self, page: usize, offset: usize, len: usize) -> &mut [u8] {
        self.dirty.insert(page);
        &mut self.map[page * PAGE..(page + 1) * PAGE][offset..offset + len]
    }
}

/// A set of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pages(u32);

impl Pages {
    /// No page.
    pub const NONE: Pages = Pages(0);

    /// Every page.
    pub const ALL: Pages = Pages(u32::MAX);

    fn insert(&mut self, page: usize) {
        self.0 |= 1 << page;
    }

    fn contains(self, page: usize) -> bool {
        self.0 & 1 << page != 0
    }
}

fn offset_in_ram(address: u32) -> usize {
    match page_of(address) {
        Page::Ram(page) => page * PAGE + address as usize % PAGE,
        other => unreachable!("{address:#x} is {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_wrote_is_gone_for_the_next_one() {
        let mut memory = Memory::new(Mode::Real).unwrap();
        memory.reset(&[0x90; 100]);
        memory.slice_mut(3, 5, 1)[0] ^= 0xff;
        assert_ne!(memory.bytes(), &memory.pristine[..]);

        memory.reset(&[]);

        assert_eq!(memory.bytes(), &memory.pristine[..]);
    }
}
