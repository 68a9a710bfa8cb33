// SPDX-License-Identifier: MIT OR Apache-2.0

//! Reads a module's file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use elf::ElfBytes;
use elf::abi::SHF_EXECINSTR;
use elf::endian::AnyEndian;

/// A compiled module.
#[derive(Default)]
pub struct Object {
    /// The number of bytes of machine code.
    pub code: u64,
    /// The number of symbols that it imports from the kernel: functions and data in C,
    pub c: usize,
    /// C functions that exist only to be called from Rust,
    pub helpers: usize,
    /// and functions of the kernel crate.
    pub rust: usize,
}

impl Object {
    /// Reads a `.ko` file.
    pub fn read(path: &Path) -> Result<Object> {
        let file = fs::read(path).with_context(|| path.display().to_string())?;
        let elf = ElfBytes::<AnyEndian>::minimal_parse(&file)?;
        let sections = elf.section_headers().context("it has no sections")?;
        let executable = |flags: u64| flags & u64::from(SHF_EXECINSTR) != 0;
        let mut object = Object {
            code: sections
                .iter()
                .filter(|section| executable(section.sh_flags))
                .map(|section| section.sh_size)
                .sum(),
            ..Object::default()
        };
        let (symbols, names) = elf.symbol_table()?.context("it has no symbols")?;
        for symbol in symbols.iter().filter(|symbol| symbol.is_undefined()) {
            match names.get(symbol.st_name as usize)? {
                "" => {}
                // The prefix of Rust's mangled names.
                name if name.starts_with("_R") => object.rust += 1,
                name if name.starts_with("rust_helper_") => object.helpers += 1,
                _ => object.c += 1,
            }
        }
        Ok(object)
    }

    /// Returns the number of all symbols that it imports from the kernel.
    pub fn imported(&self) -> usize {
        self.c + self.helpers + self.rust
    }
}
