// SPDX-License-Identifier: MIT OR Apache-2.0

//! Adds source lines to a kernel's log: file and line behind `Vm::ioctl+0x12/0x34 [hiboma]`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use duct::cmd;
use lazy_regex::regex_captures;
use object::{Object, ObjectSection, ObjectSymbol};

use crate::build;

/// The time limit. A crash's trace needs far less; but a program in the guest can write anything to the
/// log, and a module may have been made to confuse `addr2line`.
const LIMIT: Duration = Duration::from_secs(10);

/// Returns the log with a source line behind each function of these modules: one in `folders`, if possible.
/// A function whose source line is not found, or not soon enough, stays as it is.
pub fn with_lines(log: &str, modules: &[PathBuf], folders: &[&Path]) -> String {
    let started = Instant::now();
    let mut files = HashMap::new();
    let lines = log.lines().map(|line| {
        let place = Place::of(line).filter(|_| started.elapsed() < LIMIT)?;
        let module = modules.iter().find(|it| is_named(it, place.module))?;
        let file = files
            .entry(place.module.to_owned())
            .or_insert_with(|| build::with_line_tables(module).ok().flatten());
        place.source_line(file.as_deref()?, folders).ok()
    });
    let lines = log.lines().zip(lines).map(|(line, place)| match place {
        Some(place) => format!("{line} at {place}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A place in a module's code, as in the kernel's log.
struct Place<'a> {
    symbol: &'a str,
    offset: u64,
    module: &'a str,
    /// Whether it is a return address, so that the call is just before it.
    is_return: bool,
}

impl<'a> Place<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (_, symbol, offset, module) =
            regex_captures!(r"([\w.$]+)\+0x([0-9a-f]+)/0x[0-9a-f]+ \[(\w+)", line)?;
        Some(Place {
            symbol,
            offset: u64::from_str_radix(offset, 16).ok()?,
            module,
            is_return: !line.contains("RIP: "),
        })
    }

    /// Returns its file and line. For inlined functions that is the innermost one in `folders` or, if there is
    /// none, the innermost one of all.
    fn source_line(&self, file: &Path, folders: &[&Path]) -> Result<String> {
        let bytes = fs::read(file)?;
        let elf = object::File::parse(&*bytes)?;
        let symbol = elf.symbols().find(|it| it.name() == Ok(self.symbol));
        let symbol = symbol.with_context(|| format!("no {}", self.symbol))?;
        let section = symbol.section_index().context("a symbol in no section")?;
        let section = elf.section_by_index(section)?;
        let address = symbol.address() + self.offset - u64::from(self.is_return);
        let told = cmd!(
            "timeout",
            LIMIT.as_secs().to_string(),
            "addr2line",
            "--inlines",
            "--section",
            section.name()?,
            "--exe",
            file,
            format!("{address:#x}")
        )
        .read()?;
        let lines = told.lines().filter_map(|line| line.split(" (").next());
        let mut lines = lines.filter(|line| !line.contains('?')).peekable();
        let innermost = lines.peek().copied();
        let ours = lines.find(|line| folders.iter().any(|it| Path::new(line).starts_with(it)));
        let place = ours.or(innermost);
        Ok(place.context("no line is known")?.to_owned())
    }
}

/// Returns whether the file is this module's. The kernel writes `_` for a `-` in the file's name.
pub fn is_named(file: &Path, module: &str) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    stem.replace('-', "_") == module
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_a_call_or_where_it_returns() {
        let rip = Place::of("[ 1.0] RIP: 0010:hiboma_vm_ioctl+0x12/0x34 [hiboma_c]").unwrap();
        assert_eq!(
            (rip.symbol, rip.offset, rip.module),
            ("hiboma_vm_ioctl", 0x12, "hiboma_c")
        );
        assert!(!rip.is_return);
        let frame = Place::of("[ 1.0]  _RNvMNtCs6_6hiboma2vm+0x1/0x3 [hiboma 1234abcd]").unwrap();
        assert!(frame.is_return && frame.module == "hiboma");
        assert!(Place::of("[ 1.0]  __x64_sys_ioctl+0x1/0x3").is_none());
    }
}
