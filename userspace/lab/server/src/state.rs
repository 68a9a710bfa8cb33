// SPDX-License-Identifier: MIT OR Apache-2.0

//! The folder with everything that outlives the server: seats, the code for joining, and the built book.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::book;

/// Locked by the server that uses the folder. The kernel releases the lock however the server ends.
const LOCK: &str = "lock";

/// A folder that no other server uses while this exists.
pub struct State {
    _lock: File,
}

impl State {
    /// Creates the folder if necessary, and locks it. Fails if another server has locked it.
    pub fn take(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        fs::create_dir_all(folder).with_context(|| shown.to_string())?;
        let lock = File::create(folder.join(LOCK)).with_context(|| shown.to_string())?;
        match lock.try_lock() {
            Ok(()) => remove_books(folder).with_context(|| shown.to_string())?,
            Err(TryLockError::WouldBlock) => bail!(
                "another server has the folder {shown}: end that one, or give this one a folder of its own by --state"
            ),
            Err(TryLockError::Error(error)) => return Err(error).context(shown.to_string()),
        }
        Ok(State { _lock: lock })
    }
}

/// Removes the books of servers that were killed.
fn remove_books(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with(book::PREFIX)
        {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
