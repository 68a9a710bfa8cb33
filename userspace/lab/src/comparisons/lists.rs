// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lists in `comparisons/`, which are written by hand.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

use crate::workspace;

/// The folder of the lists, and of what is made of them.
pub fn folder() -> PathBuf {
    workspace::root().join("comparisons")
}

/// A list, by its path in the folder.
pub fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    let path = folder().join(name);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| format!("{} is not as it should be", path.display()))
}
