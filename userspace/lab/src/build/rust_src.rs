// SPDX-License-Identifier: MIT OR Apache-2.0

//! The source of `core` and `alloc`, which the kernel compiles for itself: rustup's component
//! `rust-src`, or, where the toolchain lacks it, Debian's package of the very same version.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::debian;
use super::toolchain::Rustc;
use crate::cache::Cache;
use crate::progress::Progress;

/// The folder that holds `core/`, for the kernel's `RUST_LIB_SRC`.
pub fn get(cache: &Cache, progress: &Progress, rustc: &Rustc) -> Result<PathBuf> {
    let component = rustc.sysroot.join("lib/rustlib/src/rust/library");
    if component.join("core").exists() {
        return Ok(component);
    }
    let folder = cache.folder(&format!("rust-src/{}", rustc.version), |folder| {
        unpack(cache, progress, rustc, folder).with_context(|| {
            format!(
                "no source of Rust {}'s core: `rustup component add rust-src` brings it",
                rustc.version
            )
        })
    })?;
    Ok(folder
        .join("usr/src")
        .join(format!("rustc-{}", rustc.version))
        .join("library"))
}

fn unpack(cache: &Cache, progress: &Progress, rustc: &Rustc, folder: &Path) -> Result<()> {
    let step = progress.step("rust-src", None);
    let same = format!("{}+", rustc.version);
    let package = debian::find(cache, &step, &["rust-src"], |version| {
        version.starts_with(&same)
    })?;
    package.unpack(folder, &step, &folder.join("unpack.log"))?;
    step.finish();
    Ok(())
}
