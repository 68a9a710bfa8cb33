// SPDX-License-Identifier: MIT OR Apache-2.0

//! bindgen, which turns the kernel's C headers into Rust. The kernel wants 0.71.1 or newer, and
//! few distributions have it, so the lab builds its own.

use std::path::PathBuf;

use anyhow::Result;
use duct::cmd;

use super::toolchain;
use crate::cache::Cache;
use crate::progress::Progress;

/// The version of `bindgen-cli` that is used.
pub const VERSION: &str = "0.73.2";

/// How many lines `cargo install` prints.
const LINES: u64 = 50;

/// The folder that holds the program `bindgen`.
pub fn get(cache: &Cache, progress: &Progress) -> Result<PathBuf> {
    let folder = cache.folder(&format!("bindgen/{VERSION}"), |folder| {
        let step = progress.step("bindgen", Some(LINES))?;
        // It runs for a few seconds in all, so it is made to be compiled soon, not to run fast.
        let install = cmd!(
            "cargo",
            "install",
            "bindgen-cli",
            "--version",
            VERSION,
            "--locked",
            "--no-default-features",
            "--features",
            "runtime",
            "--no-track",
            "--root",
            folder,
            "--target-dir",
            folder.join("target")
        )
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("LIBCLANG_PATH", toolchain::libclang_folder()?);
        step.run(install)?;
        std::fs::remove_dir_all(folder.join("target"))?;
        step.finish();
        Ok(())
    })?;
    Ok(folder.join("bin"))
}
