// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where things lie in the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the checkout that this program was built from.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Cargo's target folder; all that the lab builds for one checkout is under it.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => folder.into(),
        None => root().join("target"),
    }
}
