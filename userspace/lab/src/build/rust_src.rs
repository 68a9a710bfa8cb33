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
    if let Some(component) = component(rustc) {
        return Ok(component);
    }
    let folder = cache.folder(&cached(rustc), |folder| {
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

/// Where [`get`] would have the source from; `None` where it would fail.
pub fn origin() -> Option<String> {
    let rustc = Rustc::find().ok()?;
    if component(&rustc).is_some() {
        return Some(format!("{}, by rustup", rustc.version));
    }
    if Cache::open().ok()?.path(&cached(&rustc)).exists() {
        return Some(format!("{}, in the cache", rustc.version));
    }
    debian::is_reachable().then(|| format!("{}, by apt", rustc.version))
}

fn component(rustc: &Rustc) -> Option<PathBuf> {
    let folder = rustc.sysroot.join("lib/rustlib/src/rust/library");
    folder.join("core").exists().then_some(folder)
}

fn cached(rustc: &Rustc) -> String {
    format!("rust-src/{}", rustc.version)
}

fn unpack(cache: &Cache, progress: &Progress, rustc: &Rustc, folder: &Path) -> Result<()> {
    let step = progress.step("rust-src", None)?;
    let same = format!("{}+", rustc.version);
    let package = debian::find(cache, &step, &["rust-src"], |version| {
        version.starts_with(&same)
    })?;
    package.unpack(folder, &step)?;
    step.finish();
    Ok(())
}
