// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that arrive after the boot.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};
use lab_protocol::{File, FileKind};

/// Creates a file, or adds the next piece to it.
pub fn put(file: File) -> Result<()> {
    write(&file).with_context(|| format!("cannot put {} into the guest", file.path))
}

fn write(file: &File) -> Result<()> {
    let path = Path::new(&file.path);
    let is_new = !matches!(file.kind, FileKind::Regular { offset: 1.., .. });
    if is_new {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // A program that runs from the old file, or has mapped it, keeps it.
        unlink(path)?;
    }
    match &file.kind {
        FileKind::Symlink(target) => symlink(target, path)?,
        FileKind::Regular {
            mode,
            offset,
            bytes,
        } => {
            let to = fs::File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(path)?;
            to.write_all_at(bytes, *offset)?;
            to.set_permissions(fs::Permissions::from_mode(*mode))?;
        }
    }
    Ok(())
}

/// Deletes a file, and the parent directories that become empty.
pub fn delete(path: &str) -> Result<()> {
    let path = Path::new(path);
    unlink(path).with_context(|| format!("cannot delete {}", path.display()))?;
    // Stops at the first directory that is not empty.
    let mut parents = path.ancestors().skip(1);
    while parents
        .next()
        .is_some_and(|parent| fs::remove_dir(parent).is_ok())
    {}
    Ok(())
}

/// Removes a file's name, if it exists.
fn unlink(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
