// SPDX-License-Identifier: MIT OR Apache-2.0

//! A build tree that was copied, for example from one machine of a workshop to another.
//!
//! Kbuild records the paths of the tree and of its source in one Makefile. When modules are built,
//! nothing else depends on either path. The kernel's own target for that Makefile updates both.

use std::fs;

use anyhow::Result;

use super::kernel::Kernel;
use super::toolchain::Toolchain;
use crate::cache::Cache;

/// Updates the paths that the kernel's build tree has recorded, if they are wrong.
pub fn settle(kernel: &Kernel, cache: &Cache, toolchain: &Toolchain) -> Result<()> {
    if is_settled(kernel)? {
        return Ok(());
    }
    let _lock = cache.lock(&format!("kernels/{}", kernel.key))?;
    let source = kernel.source.display().to_string();
    let output = format!("O={}", kernel.folder.display());
    toolchain
        .make(["-C", &source, &output, "outputmakefile"])
        .stdout_null()
        .run()?;
    Ok(())
}

/// Returns whether the tree's Makefile has the right paths.
fn is_settled(kernel: &Kernel) -> Result<bool> {
    let makefile = fs::read_to_string(kernel.folder.join("Makefile"))?;
    let output = kernel.folder.canonicalize()?;
    let source = kernel.source.canonicalize()?;
    let lines = [
        format!("export KBUILD_OUTPUT = {}", output.display()),
        format!("include {}/Makefile", source.display()),
    ];
    Ok(lines
        .iter()
        .all(|line| makefile.lines().any(|it| it == line)))
}
