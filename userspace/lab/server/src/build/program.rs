// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program of the pairs, built by rustc alone: all that it is linked with is built already.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use lab::build::TARGET;

use super::Build;
use crate::sandbox::Finished;

/// The folder of the pairs, and the library that they share.
const PAIRS: &str = "userspace/pairs";
const SHARED: &str = "pairs";

/// As the workspace's profile `guest` has it, for the guest, which has no shared libraries.
const COMMON: [&str; 10] = [
    "--edition=2024",
    "--error-format=json",
    "-Copt-level=s",
    "-Cpanic=abort",
    "-Ccodegen-units=1",
    "-Cstrip=symbols",
    "-Ctarget-feature=+crt-static",
    "-Cembed-bitcode=yes",
    "--target",
    TARGET,
];

impl Build<'_> {
    /// Makes one program, and first the library, of which it is a part.
    pub fn program(&self, name: &str, main: &str) -> Result<Finished> {
        let shared = self.output.join(format!("lib{SHARED}.rlib"));
        let mut library = self.rustc("src/lib.rs", SHARED, "lib", &shared, None)?;
        if !library.success {
            return Ok(library);
        }
        let output = self.output.join(name);
        let name = format!("program_{}", name.replace('-', "_"));
        let mut finished = self.rustc(main, &name, "bin", &output, Some(&shared))?;
        finished.lines.append(&mut library.lines);
        Ok(finished)
    }

    fn rustc(
        &self,
        main: &str,
        name: &str,
        kind: &str,
        output: &PathBuf,
        shared: Option<&PathBuf>,
    ) -> Result<Finished> {
        let toolchain = &self.workshop.toolchain;
        let libraries = &self.workshop.libraries;
        let mut arguments: Vec<OsString> = COMMON.iter().map(OsString::from).collect();
        let crate_type = format!("--crate-type={kind}");
        arguments.extend([crate_type, format!("--crate-name={name}")].map(OsString::from));
        if kind == "bin" {
            arguments.push("-Clto".into());
        }
        for folder in &libraries.folders {
            arguments.push("-L".into());
            arguments.push(format!("dependency={}", folder.display()).into());
        }
        for (name, file) in &libraries.by_name {
            let file = match name == SHARED {
                true => shared,
                false => Some(file),
            };
            if let Some(file) = file {
                arguments.push("--extern".into());
                arguments.push(format!("{name}={}", file.display()).into());
            }
        }
        arguments.push("-o".into());
        arguments.push(output.into());
        arguments.push(self.source.join(PAIRS).join(main).into());
        let mut reads = libraries.folders.clone();
        reads.push(toolchain.sysroot.clone());
        let rustc = toolchain.sysroot.join("bin/rustc");
        self.sandbox(reads)
            .run(rustc, arguments, toolchain.variables(), self.page)
    }
}
