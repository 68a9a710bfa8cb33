// SPDX-License-Identifier: MIT OR Apache-2.0

//! Looks for each prerequisite.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use duct::cmd;
use elf::ElfBytes;
use elf::abi::PT_INTERP;
use elf::endian::AnyEndian;

use super::distribution::Distribution;
use crate::build;

/// A probe returns the version or the path that it has found.
type Probe = fn() -> Result<String>;

const PROBES: [(&str, Probe); 19] = [
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
    ("strace", || version_of("strace")),
    ("kernel source", build::kernel_source_origin),
    ("rust-src", build::rust_src_origin),
    ("Chromium", chromium),
    ("gdb", || version_of("gdb")),
    ("clang", clang),
    ("HAProxy", haproxy),
    ("Japanese font", japanese_font),
];

/// Looks for the prerequisite of this name.
pub fn find(name: &str) -> Result<String> {
    let probe = PROBES.iter().find(|(known, _)| *known == name);
    let (_, probe) = probe.with_context(|| format!("there is no probe for {name}"))?;
    probe()
}

/// Returns whether there is a probe of this name.
#[cfg(test)]
pub fn knows(name: &str) -> bool {
    PROBES.iter().any(|(known, _)| *known == name)
}

/// Returns the first number with a dot that `PROGRAM --version` prints.
fn version_of(program: impl AsRef<OsStr>) -> Result<String> {
    version_by(program, "--version")
}

/// Returns the first number with a dot that `PROGRAM FLAG` prints.
fn version_by(program: impl AsRef<OsStr>, flag: &str) -> Result<String> {
    let output = cmd!(program.as_ref(), flag)
        .stderr_null()
        .read()
        .context("not found")?;
    output
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.'))
        .find(|number| number.contains('.'))
        .map(str::to_owned)
        .context("it does not tell its version")
}

fn libelf() -> Result<String> {
    let program = cmd!("gcc", "-E", "-").stdin_bytes("#include <gelf.h>\n");
    program
        .stdout_null()
        .stderr_null()
        .run()
        .context("gelf.h not found")?;
    Ok("gelf.h".to_owned())
}

/// bindgen also needs the compiler's own headers, in a folder that is named after the version.
fn libclang() -> Result<String> {
    let folder = build::libclang_folder()?;
    let versions = fs::read_dir(folder.join("clang")).or_else(|_| fs::read_dir("/usr/lib/clang"));
    let versions = versions
        .context("its headers not found")?
        .flatten()
        .map(|entry| entry.path());
    versions
        .filter(|version| version.join("include/stddef.h").exists())
        .filter_map(|version| version.file_name()?.to_str()?.parse::<u32>().ok())
        .max()
        .map(|version| version.to_string())
        .context("its headers not found")
}

fn clang() -> Result<String> {
    version_of(build::clang().context("not found")?)
}

/// For a file that it cannot find, gcc prints the bare name.
fn static_libc() -> Result<String> {
    let path = cmd!("gcc", "-print-file-name=libc.a").stderr_null().read();
    let path = path.context("libc.a not found")?;
    ensure!(Path::new(&path).is_absolute(), "libc.a not found");
    Ok("libc.a".to_owned())
}

/// The guest has no shared libraries, so a dynamically linked busybox is useless there.
fn busybox() -> Result<String> {
    let path = build::busybox().context("not found")?;
    let file = fs::read(&path)?;
    let program = ElfBytes::<AnyEndian>::minimal_parse(&file)?;
    let segments = program.segments().context("it has no segments")?;
    let is_static = segments.iter().all(|segment| segment.p_type != PT_INTERP);
    ensure!(is_static, "{} is not static", path.display());
    Ok(path.display().to_string())
}

/// Debian installs it in `/usr/sbin`. It has no `--version`.
fn haproxy() -> Result<String> {
    version_by("/usr/sbin/haproxy", "-v").or_else(|_| version_by("haproxy", "-v"))
}

fn japanese_font() -> Result<String> {
    let families = cmd!("fc-list", ":lang=ja", "family").stderr_null().read();
    let families = families.context("not found: there is no fc-list")?;
    let first = families.lines().next().context("not found")?;
    Ok(first.split(',').next().unwrap_or(first).to_owned())
}

/// Debian has Chromium without a window too, which does the tests faster.
/// Elsewhere either browser works, under any of the names that distributions use.
fn chromium() -> Result<String> {
    if Distribution::here() == Distribution::Debian {
        return version_of("chromium-headless-shell");
    }
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ];
    let mut found = names.into_iter().filter_map(|name| version_of(name).ok());
    found.next().context("not found")
}
