// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's source: Debian's `linux-source-7.3`, or the tree that `$KERNEL_SRC` names.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::cmd;

use super::debian;
use crate::cache::Cache;
use crate::progress::{Progress, Step};

/// The series of Linux that the module is written for.
const SERIES: &str = "7.3";

/// What is taken, in this order, where Debian no longer has [`SERIES`].
const OTHER_SERIES: [&str; 3] = ["linux-source-7.4", "linux-source-7.5", "linux-source-7.2"];

/// A source tree.
pub struct KernelSource {
    /// Its root folder.
    pub path: PathBuf,
    /// What tells it from other trees: Debian's version, or the folder's path.
    pub id: String,
}

/// The tree to build from, downloaded where the cache has none.
pub fn get(cache: &Cache, progress: &Progress) -> Result<KernelSource> {
    if let Some(path) = env::var_os("KERNEL_SRC") {
        return given(Path::new(&path));
    }
    if let Some(source) = cached(cache)? {
        return Ok(source);
    }
    let step = progress.step("kernel source", None)?;
    let series = format!("linux-source-{SERIES}");
    let names: Vec<_> = [series.as_str()].into_iter().chain(OTHER_SERIES).collect();
    let package = debian::find(cache, &step, &names, |_| true)?;
    let path = cache.folder(&format!("sources/linux-{}", package.version), |folder| {
        unpack(&package, folder, &step)
    })?;
    step.finish();
    Ok(KernelSource {
        path,
        id: package.version,
    })
}

/// Where [`get`] would have the source from; `None` where it would fail.
pub fn origin() -> Option<String> {
    if let Some(path) = env::var_os("KERNEL_SRC") {
        return given(Path::new(&path)).ok().map(|source| source.id);
    }
    if let Some(source) = cached(&Cache::open().ok()?).ok()? {
        return Some(format!("{}, in the cache", source.id));
    }
    debian::is_reachable().then(|| format!("linux-source-{SERIES}, by apt"))
}

/// The tree that the caller gave: checked, not copied.
fn given(path: &Path) -> Result<KernelSource> {
    let path = path
        .canonicalize()
        .with_context(|| format!("KERNEL_SRC={}", path.display()))?;
    ensure!(
        path.join("rust/kernel/miscdevice.rs").exists(),
        "KERNEL_SRC={} is not a Linux source tree of version 7.2 or newer",
        path.display()
    );
    Ok(KernelSource {
        id: path.display().to_string(),
        path,
    })
}

/// The newest tree of the wanted series that an earlier build has left in the cache.
fn cached(cache: &Cache) -> Result<Option<KernelSource>> {
    let Ok(entries) = fs::read_dir(cache.path("sources")) else {
        return Ok(None);
    };
    let mut versions = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        versions.extend(name.strip_prefix("linux-").map(str::to_owned));
    }
    versions.sort();
    Ok(versions.pop().map(|id| KernelSource {
        path: cache.path(&format!("sources/linux-{id}")),
        id,
    }))
}

/// The package holds the tree as a tarball with one folder at its top.
fn unpack(package: &debian::Package, folder: &Path, step: &Step) -> Result<()> {
    let unpacked = folder.join(".package");
    fs::create_dir(&unpacked)?;
    package.unpack(&unpacked, step)?;
    let tarball = unpacked
        .join("usr/src")
        .join(format!("{}.tar.xz", package.name));
    let extract = cmd!(
        "tar",
        "--extract",
        "--xz",
        "--file",
        tarball,
        "--strip-components=1"
    );
    step.run(extract.dir(folder))?;
    fs::remove_dir_all(unpacked)?;
    Ok(())
}
