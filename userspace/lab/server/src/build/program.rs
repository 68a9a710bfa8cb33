// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program of the pairs, built directly by rustc: all libraries that it needs are built already.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;
use lab::build::{Libraries, TARGET};

use super::Build;
use crate::sandbox::Finished;

/// The folder of the pairs, and the name of their shared library.
const PAIRS: &str = "userspace/pairs";
const SHARED: &str = "pairs";

/// The flags of the workspace's profile `guest`, for the guest, which has no shared libraries.
const COMMON: [&str; 8] = [
    "--edition=2024",
    "--error-format=json",
    "-Cpanic=abort",
    "-Ccodegen-units=1",
    "-Ctarget-feature=+crt-static",
    "-Cembed-bitcode=yes",
    "--target",
    TARGET,
];

/// A crate for rustc.
pub struct Crate<'a> {
    /// Its root file, in the copy.
    pub main: &'a str,
    pub name: &'a str,
    /// The crate type, in rustc's terms.
    pub kind: &'a str,
    pub output: &'a Path,
    /// The libraries that it is linked with.
    pub libraries: &'a Libraries,
}

impl Build<'_> {
    /// Builds one program of the pairs, after their shared library: the seat may have changed either of them.
    pub fn program(&self, name: &str, main: &str) -> Result<Finished> {
        let shared = self.output.join(format!("lib{SHARED}.rlib"));
        let mut libraries = self.workshop.libraries.clone();
        libraries.by_name.remove(SHARED);
        let library = self.rustc(&Crate {
            main: &format!("{PAIRS}/src/lib.rs"),
            name: SHARED,
            kind: "lib",
            output: &shared,
            libraries: &libraries,
        })?;
        if !library.success {
            return Ok(library);
        }
        libraries.by_name.insert(SHARED.to_owned(), shared);
        let mut finished = self.rustc(&Crate {
            main: &format!("{PAIRS}/{main}"),
            name: &format!("program_{}", name.replace('-', "_")),
            kind: "bin",
            output: &self.output.join(name),
            libraries: &libraries,
        })?;
        finished.lines.extend(library.lines);
        Ok(finished)
    }

    /// Runs rustc for a crate.
    pub fn rustc(&self, it: &Crate) -> Result<Finished> {
        let toolchain = &self.workshop.toolchain;
        let all = COMMON.iter().chain(self.variant.of_program());
        let mut arguments: Vec<OsString> = all.map(OsString::from).collect();
        arguments.push(format!("--crate-type={}", it.kind).into());
        arguments.push(format!("--crate-name={}", it.name).into());
        if it.kind == "bin" {
            arguments.push("-Clto".into());
        }
        for folder in &it.libraries.folders {
            arguments.push(format!("-Ldependency={}", folder.display()).into());
        }
        for (name, file) in &it.libraries.by_name {
            arguments.push("--extern".into());
            arguments.push(format!("{name}={}", file.display()).into());
        }
        arguments.push("-o".into());
        arguments.push(it.output.into());
        arguments.push(self.source.join(it.main).into());
        let mut reads = it.libraries.folders.clone();
        reads.push(toolchain.sysroot.clone());
        let rustc = toolchain.sysroot.join("bin/rustc");
        self.sandbox(reads)
            .run(rustc, arguments, toolchain.variables(), self.page)
    }
}
