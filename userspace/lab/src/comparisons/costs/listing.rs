// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lists the instructions that a system call executes in a module.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use duct::cmd;
use lazy_regex::{Lazy, Regex, lazy_regex};

use super::layers::{Layer, Layers};
use super::log::Visit;
use super::symbols::{Symbol, Symbols};
use crate::guest::Place;
use crate::image::{Content, Image};

/// The beginning of a function: `000000000000006e <hiboma_device_ioctl>:`.
static FUNCTION: Lazy<Regex> = lazy_regex!(r"^([0-9a-f]+) <([^>]+)>:$");

/// An instruction: `  7a: je     e2 <hiboma_device_ioctl+0x74>`.
static INSTRUCTION: Lazy<Regex> = lazy_regex!(r"^ *([0-9a-f]+):\t(.*?) *$");

/// A relocation, which the linker resolves: `6f: R_X86_64_PLT32 __fentry__-0x4`.
static RELOCATION: Lazy<Regex> = lazy_regex!(r"^\t+[0-9a-f]+: R_X86_64_\w+\t([\w.]+)");

/// An address of code, which objdump prints with its function.
static TARGET: Lazy<Regex> = lazy_regex!(r"[0-9a-f]+ <[^>+]+(\+0x[0-9a-f]+)?>");

/// The call of the tracer at the beginning of each C function, which is a `nop` unless something is traced.
const TRACER: (&str, &str) = ("call __fentry__", "nop");

/// Returns the instructions that a visit to the kernel executes in a module, below the names of their
/// functions, in the syntax of the kernel's own assembly.
pub fn listing(visit: &Visit, symbols: &Symbols, layers: &Layers, image: &Image) -> Result<String> {
    let mut listing = String::new();
    let mut files = BTreeMap::new();
    let mut last = None;
    for place in visit {
        let Place::Kernel(address) = place else {
            continue;
        };
        let (begin, line) = symbols.find(*address);
        let symbol = Symbol::named(line);
        if matches!(layers.of(&symbol), Layer::SystemCall | Layer::Ioctl) {
            last = None;
            continue;
        }
        let Some(module) = &symbol.module else {
            continue;
        };
        if !files.contains_key(module) {
            files.insert(module.clone(), disassemble(file(image, module)?)?);
        }
        if last != Some(begin) {
            listing += &format!("{}:\n", symbol.name);
            last = Some(begin);
        }
        let mangled = line.split_whitespace().next().unwrap_or_default();
        let instruction = files[module]
            .get(&(mangled.to_owned(), address - begin))
            .with_context(|| {
                format!(
                    "{module} has no instruction at {mangled}+{}",
                    address - begin
                )
            })?;
        listing += &format!("    {instruction}\n");
    }
    Ok(listing)
}

/// Returns the file from which a module was loaded.
fn file<'a>(image: &'a Image, module: &str) -> Result<&'a PathBuf> {
    let is_it = |name: &str| name.replace('-', "_") == format!("/lib/modules/{module}.ko");
    let mut files = image.all_files().filter(|file| is_it(&file.path));
    match files.next().map(|file| &file.content) {
        Some(Content::HostFile(path)) => Ok(path),
        _ => None.with_context(|| format!("the image has no {module}.ko")),
    }
}

/// The instructions of a module, by their function and their offset in it.
type Instructions = BTreeMap<(String, u64), String>;

fn disassemble(file: &PathBuf) -> Result<Instructions> {
    let text = cmd!(
        "objdump",
        "--disassemble",
        "--section=.text",
        "--reloc",
        "--no-show-raw-insn",
        file
    )
    .read()?;
    parse(&text)
}

fn parse(objdump: &str) -> Result<Instructions> {
    let mut instructions = Instructions::new();
    let mut function = (0, String::new());
    let mut last = None;
    for line in objdump.lines() {
        if let Some(found) = FUNCTION.captures(line) {
            function = (u64::from_str_radix(&found[1], 16)?, found[2].to_owned());
        } else if let Some(found) = RELOCATION.captures(line) {
            // The relocation has the real target.
            if let Some(instruction) = last.as_ref().and_then(|it| instructions.get_mut(it)) {
                let name = Symbol::named(&found[1]).name;
                *instruction = TARGET.replace(instruction, name).into_owned();
            }
        } else if let Some(found) = INSTRUCTION.captures(line) {
            let address = u64::from_str_radix(&found[1], 16)?;
            let key = (function.1.clone(), address - function.0);
            instructions.insert(key.clone(), readable(&found[2]));
            last = Some(key);
        }
    }
    // A jump inside a function shows only the offset of its target.
    for instruction in instructions.values_mut() {
        *instruction = TARGET.replace(instruction, "$1").into_owned();
        if instruction == TRACER.0 {
            *instruction = TRACER.1.to_owned();
        }
    }
    Ok(instructions)
}

/// Returns an instruction without comments, with single blanks.
fn readable(instruction: &str) -> String {
    let instruction = instruction.split(" #").next().unwrap_or_default();
    let words: Vec<_> = instruction.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn instructions_are_found_by_function_and_offset() {
        let objdump = "
000000000000006e <f>:
  6e:\tcall   73 <f+0x5>
\t\t\t6f: R_X86_64_PLT32\t__fentry__-0x4
  73:\tje     e2 <f+0x74>
  75:\tmov    0x0(%rip),%rdi        # 99 <f+0x2b>
";
        let instructions = parse(objdump).unwrap();
        let at = |offset| instructions[&("f".to_owned(), offset)].as_str();
        assert_eq!(at(0), "nop");
        assert_eq!(at(5), "je +0x74");
        assert_eq!(at(7), "mov 0x0(%rip),%rdi");
    }
}
