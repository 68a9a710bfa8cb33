// SPDX-License-Identifier: MIT OR Apache-2.0

//! The source of `core` and `alloc`, which the kernel compiles itself: rustup's component
//! `rust-src` or, if the toolchain lacks it, Debian's package of exactly the same version.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::debian::{Debian, Package};
use super::toolchain::Rustc;
use crate::cache::Cache;
use crate::progress::Progress;

/// Returns the folder that contains `core/`, for the kernel's `RUST_LIB_SRC`.
pub fn get(cache: &Cache, progress: &Progress, rustc: &Rustc) -> Result<PathBuf> {
    if let Some(component) = component(rustc) {
        return Ok(component);
    }
    let folder = cache.folder(&cached(rustc), |folder| {
        download(cache, progress, rustc, folder).with_context(|| {
            let version = &rustc.version;
            format!("no source of Rust {version}: `rustup component add rust-src` brings it")
        })
    })?;
    let tree = format!("usr/src/rustc-{}", rustc.version);
    Ok(folder.join(tree).join("library"))
}

/// Returns where [`get`] would get the source from, or the error with which it would fail.
pub fn origin() -> Result<String> {
    let rustc = Rustc::find()?;
    let version = &rustc.version;
    if component(&rustc).is_some() {
        return Ok(format!("{version}, by rustup"));
    }
    let cache = Cache::open()?;
    if cache.path(&cached(&rustc)).exists() {
        return Ok(format!("{version}, in the cache"));
    }
    find(&Debian::open(&cache)?, &rustc)?;
    Ok(format!("{version}, by apt"))
}

fn component(rustc: &Rustc) -> Option<PathBuf> {
    let folder = rustc.sysroot.join("lib/rustlib/src/rust/library");
    folder.join("core").exists().then_some(folder)
}

fn cached(rustc: &Rustc) -> String {
    format!("rust-src/{}", rustc.version)
}

fn download(cache: &Cache, progress: &Progress, rustc: &Rustc, folder: &Path) -> Result<()> {
    let step = progress.step("rust-src", None)?;
    let debian = Debian::open(cache)?;
    find(&debian, rustc)?.unpack(folder, &step)?;
    step.finish();
    Ok(())
}

fn find(debian: &Debian, rustc: &Rustc) -> Result<Package> {
    let same = format!("{}+", rustc.version);
    for suite in debian.suites() {
        let versions = suite?.versions("rust-src")?;
        if let Some(package) = versions
            .into_iter()
            .find(|it| it.version.starts_with(&same))
        {
            return Ok(package);
        }
    }
    None.with_context(|| format!("Debian has no rust-src of version {}", rustc.version))
}
