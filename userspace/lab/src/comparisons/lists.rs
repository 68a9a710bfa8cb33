// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handwritten lists in `comparisons/`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

use crate::workspace;

/// Returns the folder of the lists, and of the files that are generated from them.
pub fn folder() -> PathBuf {
    workspace::root().join("comparisons")
}

/// Reads a list, by its path in the folder.
pub fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    let path = folder().join(name);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    toml::from_str(&text)
        .with_context(|| format!("{} does not have the expected fields", path.display()))
}
