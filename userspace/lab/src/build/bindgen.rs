// SPDX-License-Identifier: MIT OR Apache-2.0

//! bindgen, which turns the kernel's C headers into Rust. The kernel needs 0.71.1 or newer, and
//! few distributions have it, so the lab builds its own.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_install::{TARGET, cargo_install};
use super::toolchain;
use crate::cache::Cache;
use crate::progress::Progress;

/// The version of `bindgen-cli` that the lab builds.
pub const VERSION: &str = "0.73.2";

/// The number of lines that `cargo install` prints.
const LINES: u64 = 50;

/// Returns the folder of the program `bindgen`; builds it if it is not in the cache.
pub fn get(cache: &Cache, progress: &Progress) -> Result<PathBuf> {
    let folder = cache.folder(&format!("bindgen/{VERSION}"), |folder| {
        let step = progress.step("bindgen", Some(LINES))?;
        let install = cargo_install("bindgen-cli", VERSION, "runtime", folder)
            .env("LIBCLANG_PATH", toolchain::libclang_folder()?);
        step.run(install)?;
        std::fs::remove_dir_all(folder.join(TARGET))?;
        step.finish();
        Ok(())
    })?;
    Ok(folder.join("bin"))
}
