// SPDX-License-Identifier: MIT OR Apache-2.0

//! mdbook, which builds the book and serves it: the one on PATH, or one that the lab builds.

use std::path::PathBuf;

use anyhow::Result;
use duct::cmd;

use super::cargo_install::{TARGET, cargo_install};
use crate::cache::Cache;
use crate::progress::Progress;

/// The version that the lab builds; the one that the book's tests use.
const VERSION: &str = "0.5.4";

/// The versions that build the same book begin with this.
const SERIES: &str = "0.5.";

/// Serving with a search, and building again what has changed.
const FEATURES: &str = "search,serve,watch";

/// How many lines `cargo install` prints.
const LINES: u64 = 200;

/// The program `mdbook`, built where neither PATH nor the cache has one.
pub fn mdbook() -> Result<PathBuf> {
    if is_on_path() {
        return Ok("mdbook".into());
    }
    let cache = Cache::open()?;
    let folder = cache.folder(&format!("mdbook/{VERSION}"), |folder| {
        eprintln!(
            "The book needs mdbook. Building version {VERSION} with cargo, once for all checkouts."
        );
        let progress = Progress::new(cache.path("logs"))?;
        let step = progress.step("mdbook", Some(LINES))?;
        step.run(cargo_install("mdbook", VERSION, FEATURES, folder))?;
        std::fs::remove_dir_all(folder.join(TARGET))?;
        step.finish();
        Ok(())
    })?;
    Ok(folder.join("bin/mdbook"))
}

fn is_on_path() -> bool {
    let version = cmd!("mdbook", "--version").stderr_null().read();
    version.is_ok_and(|version| is_of_series(&version))
}

/// Whether `mdbook --version` printed a version of [`SERIES`]: `mdbook v0.5.4`.
fn is_of_series(version: &str) -> bool {
    let version = version.strip_prefix("mdbook v");
    version.is_some_and(|version| version.starts_with(SERIES))
}

#[cfg(test)]
mod tests {
    use super::is_of_series;

    #[test]
    fn an_mdbook_of_another_series_is_not_used() {
        assert!(is_of_series("mdbook v0.5.4"));
        assert!(!is_of_series("mdbook v0.4.52"));
        assert!(!is_of_series("mdbook v0.51.0"));
    }
}
