// SPDX-License-Identifier: MIT OR Apache-2.0

//! The folder of all that outlives the server: seats, the code by which they join, and the book as it was built.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::book;

/// Held by the server whose folder it is. The kernel lets go of it however the server ends.
const LOCK: &str = "lock";

/// A folder that no other server has, for as long as this is kept.
pub struct State {
    _lock: File,
}

impl State {
    /// Makes the folder where there is none, and takes it. Fails where another server has it.
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
