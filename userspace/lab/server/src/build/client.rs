// SPDX-License-Identifier: MIT OR Apache-2.0

//! A C program, built as in the checkout.

use std::ffi::OsString;

use anyhow::Result;

use super::Build;
use crate::sandbox::Finished;

impl Build<'_> {
    /// Builds one program.
    pub fn client(&self, name: &str, source: &str) -> Result<Finished> {
        let flags = ["-static", "-O2", "-Wall", "-fdiagnostics-color=never", "-o"];
        let mut arguments: Vec<OsString> = flags.iter().map(OsString::from).collect();
        arguments.push(self.output.join(name).into());
        arguments.push(self.source.join(source).into());
        let variables = self.workshop.toolchain.variables();
        self.sandbox(Vec::new())
            .run("gcc", arguments, variables, self.page)
    }
}
