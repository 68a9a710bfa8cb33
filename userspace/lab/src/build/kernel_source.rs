// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's source: Debian's `linux-source-7.3`, or the tree that `$KERNEL_SRC` names.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::cmd;
use version_compare::{Cmp, compare, compare_to};

use super::debian::{Debian, Package};
use crate::cache::Cache;
use crate::progress::{Progress, Step};

/// The Linux version that the module is written for. Older ones lack `kernel::module`.
const SERIES: &str = "7.3";

/// The prefix of Debian's packages with the kernel's source; the version follows it.
const PACKAGE: &str = "linux-source-";

/// A source tree.
pub struct KernelSource {
    /// Its root folder.
    pub path: PathBuf,
    /// What identifies it: Debian's version, or the folder's path.
    pub id: String,
    /// Whether the caller has given it. Such a tree may change between two builds.
    pub is_given: bool,
}

/// Returns the tree to build from; downloads it if it is not in the cache.
pub fn get(cache: &Cache, progress: &Progress) -> Result<KernelSource> {
    if let Some(path) = env::var_os("KERNEL_SRC") {
        return given(Path::new(&path));
    }
    if let Some(source) = cached(cache) {
        return Ok(source);
    }
    let step = progress.step("kernel source", None)?;
    let debian = Debian::open(cache)?;
    // Another lab may have downloaded it before this one got the lock.
    let source = match cached(cache) {
        Some(source) => source,
        None => download(cache, &step, &debian)?,
    };
    step.finish();
    Ok(source)
}

/// Returns whether [`get`] needs no download.
pub fn is_there(cache: &Cache) -> bool {
    env::var_os("KERNEL_SRC").is_some() || cached(cache).is_some()
}

/// Returns where [`get`] would get the source from, or the error with which it would fail.
pub fn origin() -> Result<String> {
    if let Some(path) = env::var_os("KERNEL_SRC") {
        return Ok(given(Path::new(&path))?.id);
    }
    let cache = Cache::open()?;
    if let Some(source) = cached(&cache) {
        return Ok(format!("{}, in the cache", source.id));
    }
    Debian::open(&cache)?.suites().next().transpose()?;
    Ok(format!("{PACKAGE}{SERIES}, by apt"))
}

/// Checks the tree that the caller has given; it is not copied.
fn given(path: &Path) -> Result<KernelSource> {
    let shown = path.display();
    let makefile = fs::read_to_string(path.join("Makefile"))
        .with_context(|| format!("KERNEL_SRC={shown} is not a kernel source tree"))?;
    let value = |key: &str| {
        makefile
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .unwrap_or("")
    };
    let series = format!("{}.{}", value("VERSION = "), value("PATCHLEVEL = "));
    ensure!(
        compare_to(&series, SERIES, Cmp::Ge) == Ok(true),
        "KERNEL_SRC={shown} is Linux {series}; {SERIES} or newer is needed"
    );
    let path = path.canonicalize()?;
    Ok(KernelSource {
        id: path.display().to_string(),
        path,
        is_given: true,
    })
}

/// Returns the tree in the cache that is the newest of the wanted series, else the newest of all.
fn cached(cache: &Cache) -> Option<KernelSource> {
    let entries = fs::read_dir(cache.path("sources")).ok()?;
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let newest = names
        .filter_map(|name| name.strip_prefix("linux-").map(str::to_owned))
        .max_by(|a, b| {
            let is_wanted = |id: &str| id.starts_with(&format!("{SERIES}."));
            is_wanted(a)
                .cmp(&is_wanted(b))
                .then_with(|| by_version(a, b))
        });
    newest.map(|id| KernelSource {
        path: cache.path(&format!("sources/linux-{id}")),
        id,
        is_given: false,
    })
}

fn by_version(a: &str, b: &str) -> std::cmp::Ordering {
    let order = compare(a, b).ok().and_then(Cmp::ord);
    order.unwrap_or_else(|| a.cmp(b))
}

fn download(cache: &Cache, step: &Step, debian: &Debian) -> Result<KernelSource> {
    let package = choose(debian)?;
    let name = format!("sources/linux-{}", package.version);
    Ok(KernelSource {
        path: cache.folder(&name, |folder| unpack(&package, folder, step))?,
        id: package.version,
        is_given: false,
    })
}

/// Chooses the wanted series from the first suite that has it, else the newest newer series.
fn choose(debian: &Debian) -> Result<Package> {
    let mut others = Vec::new();
    for suite in debian.suites() {
        let suite = suite?;
        for name in suite.names(PACKAGE)? {
            let series = name.strip_prefix(PACKAGE).unwrap_or_default();
            if series == SERIES {
                if let Some(package) = suite.versions(&name)?.into_iter().next() {
                    return Ok(package);
                }
            } else if compare_to(series, SERIES, Cmp::Ge) == Ok(true) {
                others.extend(suite.versions(&name)?);
            }
        }
    }
    let newest = others
        .into_iter()
        .max_by(|a, b| by_version(&a.version, &b.version));
    let newest = newest.with_context(|| {
        format!("Debian has no source of Linux {SERIES} or newer: give a tree by KERNEL_SRC")
    })?;
    eprintln!(
        "Debian has no Linux {SERIES} any more: taking {}",
        newest.version
    );
    Ok(newest)
}

/// Unpacks the package, which contains the tree as a tarball with a single top folder.
fn unpack(package: &Package, folder: &Path, step: &Step) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(version: &str, patchlevel: &str) -> tempfile::TempDir {
        let tree = tempfile::tempdir().unwrap();
        let makefile = format!("VERSION = {version}\nPATCHLEVEL = {patchlevel}\n");
        fs::write(tree.path().join("Makefile"), makefile).unwrap();
        tree
    }

    #[test]
    fn a_tree_that_is_given_must_be_new_enough() {
        assert!(given(tree("7", "3").path()).is_ok());
        assert!(given(tree("8", "0").path()).is_ok());
        let error = given(tree("7", "2").path()).err().unwrap().to_string();
        assert!(
            error.ends_with("is Linux 7.2; 7.3 or newer is needed"),
            "{error}"
        );
    }

    #[test]
    fn patch_levels_are_numbers() {
        assert!(by_version("7.3.10-1", "7.3.4-1~bpo13+1").is_gt());
    }
}
