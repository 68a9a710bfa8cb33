// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel module, built by Kbuild as the checkout's are.

use anyhow::Result;

use super::Build;
use crate::sandbox::Finished;

impl Build<'_> {
    /// Makes one module of a folder.
    pub fn module(&self, folder: &str, target: &str) -> Result<Finished> {
        let (kernel, toolchain) = (&self.workshop.kernel, &self.workshop.toolchain);
        let mut arguments = toolchain.arguments().to_vec();
        arguments.extend([
            "-C".to_owned(),
            kernel.folder.display().to_string(),
            format!("M={}", self.source.join(folder).display()),
            format!("MO={}", self.output.join(folder).display()),
            "KRUSTFLAGS=--error-format=json".to_owned(),
            // So that a crash is told by lines. It changes no code.
            "RUSTFLAGS_MODULE=-Cdebuginfo=line-tables-only".to_owned(),
            "KCFLAGS=-g1".to_owned(),
            target.to_owned(),
        ]);
        let sandbox = self.sandbox(vec![
            kernel.folder.clone(),
            kernel.source.clone(),
            toolchain.sysroot.clone(),
            toolchain.rust_lib_src.clone(),
        ]);
        sandbox.run("make", arguments, toolchain.variables(), self.page)
    }
}
