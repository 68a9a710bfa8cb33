// SPDX-License-Identifier: MIT OR Apache-2.0

//! A build tree that was copied, as a cache is from one machine of a workshop to the next.
//!
//! Kbuild notes where the tree and its source lie, and nothing else in it depends on either when
//! modules are made. So the kernel's own target for that note makes it usable in its new place.

use std::fs;

use anyhow::Result;

use super::kernel::Kernel;
use super::toolchain::Toolchain;
use crate::cache::Cache;

/// Has the kernel's tree know where it is.
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

/// Whether its Makefile names the two places.
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
