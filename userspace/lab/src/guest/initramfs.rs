// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's root file system: a cpio archive in the `newc` format, which the kernel unpacks.
//!
//! Format: [`driver-api/early-userspace/buffer-format`](srctree/Documentation/driver-api/early-userspace/buffer-format.rst).

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use cpio::newc::{Builder, ModeFileType, trailer};
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::image::{Content, GuestFile};

/// Returns the archive of `files`, in a nameless file that lives as long as its last descriptor. The archive
/// does not depend on their order.
pub fn initramfs<'a>(files: impl IntoIterator<Item = &'a GuestFile>) -> Result<File> {
    let memory =
        memfd_create("initramfs", MFdFlags::MFD_CLOEXEC).context("cannot make a file in memory")?;
    let mut archive = Archive {
        to: File::from(memory),
        directories: BTreeSet::new(),
        entries: 0,
    };
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    for file in files {
        archive
            .add(file)
            .with_context(|| format!("cannot put {} into the guest", file.path))?;
    }
    trailer(&archive.to)?;
    archive.to.rewind()?;
    Ok(archive.to)
}

struct Archive {
    to: File,
    directories: BTreeSet<String>,
    entries: u32,
}

impl Archive {
    fn add(&mut self, file: &GuestFile) -> Result<()> {
        ensure!(file.path.starts_with('/'), "its path is not absolute");
        self.add_parents(&file.path)?;
        match &file.content {
            Content::HostFile(source) => self.add_file(&file.path, source),
            Content::Symlink(target) => {
                let mut target = target.as_bytes();
                let length = target.len() as u64;
                self.write(
                    &file.path,
                    ModeFileType::Symlink,
                    0o777,
                    length,
                    &mut target,
                )
            }
        }
    }

    /// The kernel creates a directory only if the archive has an entry for it before its files.
    fn add_parents(&mut self, path: &str) -> Result<()> {
        for (end, _) in path.match_indices('/').skip(1) {
            let directory = &path[..end];
            if self.directories.insert(directory.to_owned()) {
                self.write(
                    directory,
                    ModeFileType::Directory,
                    0o755,
                    0,
                    &mut io::empty(),
                )?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: &str, source: &Path) -> Result<()> {
        let open = || -> Result<_> {
            let file = File::open(source)?;
            let metadata = file.metadata()?;
            ensure!(metadata.is_file(), "it is not a regular file");
            Ok((file, metadata))
        };
        let (mut file, metadata) =
            open().with_context(|| format!("cannot read {}", source.display()))?;
        let mode = metadata.permissions().mode() & 0o7777;
        self.write(path, ModeFileType::Regular, mode, metadata.len(), &mut file)
    }

    fn write(
        &mut self,
        path: &str,
        kind: ModeFileType,
        mode: u32,
        length: u64,
        content: &mut impl Read,
    ) -> Result<()> {
        let size = u32::try_from(length).context("the format holds no file above 4 GiB")?;
        self.entries += 1;
        let mut entry = Builder::new(path.trim_start_matches('/'))
            .ino(self.entries)
            .mode(mode)
            .set_mode_file_type(kind)
            .write(&self.to, size);
        let written = io::copy(&mut content.by_ref().take(length), &mut entry)?;
        ensure!(written == length, "it became shorter while it was read");
        entry.finish()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
