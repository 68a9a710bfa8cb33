// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel module, built by Kbuild as in the checkout.

use std::path::Path;

use anyhow::Result;

use super::Build;
use crate::sandbox::Finished;

impl Build<'_> {
    /// Builds one module of a folder.
    pub fn module(&self, folder: &str, target: &str) -> Result<Finished> {
        self.kbuild(folder, &self.output.join(folder), &[target])
    }

    /// Runs Kbuild in a folder of the copy, with another output folder and additional arguments.
    pub fn kbuild(&self, folder: &str, output: &Path, more: &[&str]) -> Result<Finished> {
        let (kernel, toolchain) = (&self.workshop.kernel, &self.workshop.toolchain);
        let mut arguments = toolchain.arguments().to_vec();
        arguments.extend([
            "-C".to_owned(),
            kernel.folder.display().to_string(),
            format!("M={}", self.source.join(folder).display()),
            format!("MO={}", output.display()),
            "KRUSTFLAGS=--error-format=json".to_owned(),
        ]);
        arguments.extend(self.variant.of_module(&self.output));
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        let sandbox = self.sandbox(vec![
            kernel.folder.clone(),
            kernel.source.clone(),
            toolchain.sysroot.clone(),
            toolchain.rust_lib_src.clone(),
        ]);
        sandbox.run("make", arguments, toolchain.variables(), self.page)
    }
}
