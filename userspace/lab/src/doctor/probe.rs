// SPDX-License-Identifier: MIT OR Apache-2.0

//! How each prerequisite is looked for.

use std::fs;
use std::path::Path;

use duct::cmd;
use elf::ElfBytes;
use elf::abi::PT_INTERP;
use elf::endian::AnyEndian;

use crate::build;

/// A probe returns the version found, or the place.
type Probe = fn() -> Option<String>;

const PROBES: [(&str, Probe); 13] = [
    ("gcc", || version_of("gcc")),
    ("make", || version_of("make")),
    ("flex", || version_of("flex")),
    ("bison", || version_of("bison")),
    ("bc", || version_of("bc")),
    ("xz", || version_of("xz")),
    ("libelf", libelf),
    ("libclang", libclang),
    ("static libc", static_libc),
    ("busybox", busybox),
    ("QEMU", || version_of("qemu-system-x86_64")),
    ("kernel source", build::kernel_source_origin),
    ("rust-src", build::rust_src_origin),
];

/// Looks for the prerequisite of this name.
pub fn find(name: &str) -> Option<String> {
    PROBES
        .iter()
        .find(|(known, _)| *known == name)
        .and_then(|(_, probe)| probe())
}

/// Whether there is a probe of this name.
#[cfg(test)]
pub fn knows(name: &str) -> bool {
    PROBES.iter().any(|(known, _)| *known == name)
}

/// The first number with a dot in what `PROGRAM --version` prints.
fn version_of(program: &str) -> Option<String> {
    let output = cmd!(program, "--version").stderr_null().read().ok()?;
    output
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.'))
        .find(|number| number.contains('.'))
        .map(str::to_owned)
}

fn libelf() -> Option<String> {
    let program = cmd!("gcc", "-E", "-").stdin_bytes("#include <gelf.h>\n");
    program.stdout_null().stderr_null().run().ok()?;
    Some("gelf.h".to_owned())
}

/// bindgen needs the compiler's own headers as well; their folder is named by the version.
fn libclang() -> Option<String> {
    let folder = build::libclang_folder().ok()?;
    let versions = fs::read_dir(folder.join("clang")).or_else(|_| fs::read_dir("/usr/lib/clang"));
    let versions = versions.ok()?.flatten().map(|entry| entry.path());
    let complete = versions.filter(|version| version.join("include/stddef.h").exists());
    complete
        .filter_map(|version| Some(version.file_name()?.to_str()?.to_owned()))
        .max()
}

/// gcc answers with the bare name of what it cannot find.
fn static_libc() -> Option<String> {
    let path = cmd!("gcc", "-print-file-name=libc.a")
        .stderr_null()
        .read()
        .ok()?;
    Path::new(&path).is_absolute().then_some(path)
}

/// The guest has no shared libraries, so a busybox that asks for a dynamic loader is of no use.
fn busybox() -> Option<String> {
    let path = build::busybox().ok()?;
    let file = fs::read(&path).ok()?;
    let program = ElfBytes::<AnyEndian>::minimal_parse(&file).ok()?;
    let is_static = program
        .segments()?
        .iter()
        .all(|segment| segment.p_type != PT_INTERP);
    is_static.then(|| path.display().to_string())
}
