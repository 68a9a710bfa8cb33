// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files that come after the boot.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};
use lab_protocol::{File, FileKind};

/// Makes a file, or continues it.
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
        // What runs from the old one, or has it mapped, keeps it.
        delete(&file.path)?;
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

/// Deletes a file, if it is there.
pub fn delete(path: &str) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot delete {path}"))
        }
        _ => Ok(()),
    }
}
