// SPDX-License-Identifier: MIT OR Apache-2.0

//! Our modules once more, built so that ftrace can trace their functions.
//!
//! gcc begins each function with a call of `__fentry__` and lists the calls in the section `__mcount_loc`.
//! When a module is loaded, ftrace turns them into no-ops; to trace a function, it restores the call.
//! rustc only leaves room for such a call, and lists the places in another section. This file writes the
//! calls there and renames the section. A module built without this has no such room, and no cost.
//!
//! Reference: [`trace/ftrace-design`](srctree/Documentation/trace/ftrace-design.rst).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use object::build::ByteString;
use object::build::elf::{Builder, Relocation, SectionData, SectionId, SymbolId};
use object::elf::{R_X86_64_PLT32, STB_GLOBAL, STT_NOTYPE};

use super::kernel::Kernel;
use super::modules::{self, Recipe};
use super::toolchain::Toolchain;
use crate::progress::Progress;

/// Room for a call at the beginning of each function: five bytes.
pub const RUSTFLAGS: &str = "RUSTFLAGS_MODULE=-Zpatchable-function-entry=5,0";

/// The section in which rustc lists the places, and the one that ftrace reads.
const PLACES: &[u8] = b"__patchable_function_entries";
const MCOUNT_LOC: &[u8] = b"__mcount_loc";

/// The no-op that rustc writes, `nopl 8(%rax,%rax)`; and a call whose target a relocation sets.
const NOP: [u8; 5] = [0x0f, 0x1f, 0x44, 0x00, 0x08];
const CALL: [u8; 5] = [0xe8, 0, 0, 0, 0];

/// The modules in Rust, by their paths in the output folder. Those in C are traceable anyway.
const MODULES: [&str; 3] = [
    "hiboma_tiny.ko",
    "hiboma.ko",
    "samples/anon_inode/anon_inode_sample.ko",
];

/// Returns all of them; builds them again if their source or the kernel has changed.
pub fn get(progress: &Progress, kernel: &Kernel, toolchain: &Toolchain) -> Result<Vec<PathBuf>> {
    let output = modules::output_folder(kernel, "traceable")?;
    let mut recipe = Recipe::of("module", output.clone(), kernel)?;
    recipe.title = "module, for ftrace";
    recipe.arguments.push(RUSTFLAGS.to_owned());
    recipe.make(progress, kernel, toolchain)?;
    let made = MODULES.iter().map(|module| traced(&output, module));
    made.collect()
}

/// Adds the calls to a module that was built in this folder with [`RUSTFLAGS`]. Returns its path.
pub fn traced(output: &Path, module: &str) -> Result<PathBuf> {
    let module = output.join(module);
    let folder = output.join("traced");
    fs::create_dir_all(&folder)?;
    let path = folder.join(module.file_name().unwrap_or_default());
    let with_calls = with_calls(&fs::read(&module)?);
    let with_calls = with_calls.with_context(|| module.display().to_string())?;
    write_if_other(&path, &with_calls)?;
    Ok(path)
}

/// Replaces the file only if it changes, and as a whole, since another lab may be reading it.
fn write_if_other(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).ok().as_deref() != Some(bytes) {
        let folder = path.parent().context("a file without a folder")?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        fs::write(file.path(), bytes)?;
        file.persist(path)?;
    }
    Ok(())
}

/// Returns the module with a call of `__fentry__` at each place that rustc has left for one.
fn with_calls(module: &[u8]) -> Result<Vec<u8>> {
    let mut elf = Builder::read(module)?;
    let places = places(&elf)?;
    let fentry = elf.symbols.add();
    fentry.name = ByteString::from("__fentry__");
    fentry.set_st_info(STB_GLOBAL, STT_NOTYPE);
    let fentry = fentry.id();
    for (section, offset) in places {
        put_call(&mut elf, section, offset, fentry)?;
    }
    let list = section(&elf, PLACES).context("rustc has left no room for calls")?;
    elf.sections.get_mut(list).name = ByteString::from(MCOUNT_LOC);
    let mut bytes = Vec::new();
    elf.write(&mut bytes)?;
    Ok(bytes)
}

/// Returns the places, each with its section and the offset in it.
fn places(elf: &Builder) -> Result<Vec<(SectionId, u64)>> {
    let list = section(elf, &[b".rela", PLACES].concat()).context("rustc lists no places")?;
    let SectionData::Relocation(list) = &elf.sections.get(list).data else {
        bail!("the list of places has no relocations");
    };
    let place = |relocation: &Relocation| {
        let symbol = relocation.symbol.map(|symbol| elf.symbols.get(symbol));
        let symbol = symbol.context("a place is nowhere")?;
        let section = symbol.section.context("a place is in no section")?;
        Ok((
            section,
            symbol.st_value.wrapping_add_signed(relocation.r_addend),
        ))
    };
    list.iter().map(place).collect()
}

fn put_call(elf: &mut Builder, code: SectionId, offset: u64, fentry: SymbolId) -> Result<()> {
    let SectionData::Data(bytes) = &mut elf.sections.get_mut(code).data else {
        bail!("a place is not in code");
    };
    let begin = offset as usize;
    let room = (bytes.to_mut()).get_mut(begin..begin + CALL.len());
    let room = room.context("a place is outside of its section")?;
    ensure!(*room == NOP, "rustc has left {room:02x?} for a call");
    room.copy_from_slice(&CALL);

    let name = [b".rela", elf.sections.get(code).name.as_slice()].concat();
    let relocations = section(elf, &name).context("this code has no relocations")?;
    let SectionData::Relocation(relocations) = &mut elf.sections.get_mut(relocations).data else {
        bail!("this code has no relocations");
    };
    relocations.push(Relocation {
        // The target is relative to the end of the call, four bytes behind the place of the target.
        r_offset: offset + 1,
        symbol: Some(fentry),
        r_type: R_X86_64_PLT32,
        r_addend: -4,
    });
    Ok(())
}

fn section(elf: &Builder, name: &[u8]) -> Option<SectionId> {
    let found = elf.sections.iter().find(|it| it.name.as_slice() == name);
    found.map(|it| it.id())
}
