// SPDX-License-Identifier: MIT OR Apache-2.0

//! What checkouts share: `$XDG_CACHE_HOME/hiboma-rs`.
//!
//! A folder of the cache is either whole or not there. Two labs may fill the cache at once: the
//! second waits for the first and uses what it made.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The cache's root folder.
pub struct Cache(PathBuf);

impl Cache {
    /// Opens the cache, making it where there is none.
    pub fn open() -> Result<Cache> {
        let root = dirs::cache_dir()
            .context("no cache folder: set HOME or XDG_CACHE_HOME")?
            .join("hiboma-rs");
        fs::create_dir_all(&root).with_context(|| {
            format!(
                "cannot make {}: set XDG_CACHE_HOME to a folder of yours",
                root.display()
            )
        })?;
        Ok(Cache(root))
    }

    /// The path of `name` in the cache, whether it is there or not.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder `name`. Where there is none, `fill` makes its content in a folder of its own,
    /// which takes the name when it is complete.
    pub fn folder(&self, name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let folder = self.path(name);
        if folder.exists() {
            return Ok(folder);
        }
        let _lock = self.lock(name)?;
        if folder.exists() {
            return Ok(folder);
        }
        let partial = self.path("partial").join(name);
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        fill(&partial)?;
        fs::create_dir_all(folder.parent().unwrap_or(&self.0))?;
        fs::rename(&partial, &folder)?;
        Ok(folder)
    }

    /// The folder `name`, made in place, for what remembers its own path, as a kernel's build
    /// tree does. `fill` goes on where an interrupted one stopped; a stamp says it is complete.
    pub fn resumable(&self, name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let folder = self.path(name);
        let stamp = folder.join(".complete");
        if stamp.exists() {
            return Ok(folder);
        }
        let _lock = self.lock(name)?;
        if !stamp.exists() {
            fs::create_dir_all(&folder)?;
            fill(&folder)?;
            File::create(&stamp)?;
        }
        Ok(folder)
    }

    fn lock(&self, name: &str) -> Result<File> {
        fs::create_dir_all(self.path("locks"))?;
        lock(&self.path("locks").join(name.replace('/', "-")), name)
    }
}

/// Holds `name`, by the file `path`, against other labs until the returned file is dropped.
pub fn lock(path: &Path, name: &str) -> Result<File> {
    let lock = File::create(path)?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another lab, which is making {name}");
            lock.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
        Ok(()) => {}
    }
    Ok(lock)
}

/// A short name for all that went into something: the first 16 hex digits of its SHA-256.
pub fn key<'a>(inputs: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update(input.len().to_le_bytes());
        hash.update(input);
    }
    hash.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
