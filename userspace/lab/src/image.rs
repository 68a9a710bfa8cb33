// SPDX-License-Identifier: MIT OR Apache-2.0

//! Everything that a guest boots from: a kernel, and the files of its root file system.

use std::fs;
use std::path::PathBuf;

/// Everything that `guest::Guest::start` needs, already built.
#[derive(Clone)]
pub struct Image {
    /// The name of the lab's kernel.
    pub kernel: String,
    /// The uncompressed, stripped `vmlinux`, which QEMU enters through PVH.
    pub vmlinux: PathBuf,
    /// The memory in MiB that the kernel needs in addition to that for its files.
    pub memory_mib: u64,
    /// How many times longer than with the lab's kernel anything may take.
    pub slowness: u32,
    /// Files that are used before the lab can replace them: `/init` and KVM's modules.
    pub boot_files: Vec<GuestFile>,
    /// All other files.
    pub files: Vec<GuestFile>,
}

impl Image {
    /// Returns all files that a guest boots with.
    pub fn all_files(&self) -> impl Iterator<Item = &GuestFile> {
        self.boot_files.iter().chain(&self.files)
    }
}

/// One regular file or symbolic link of the guest's root file system.
#[derive(Clone)]
pub struct GuestFile {
    /// Absolute path in the guest; its directories are created as needed.
    pub path: String,
    /// The origin of its content.
    pub content: Content,
}

impl GuestFile {
    /// Returns its size in bytes; 0 if the host cannot tell.
    pub fn size(&self) -> u64 {
        match &self.content {
            Content::HostFile(path) => fs::metadata(path).map_or(0, |it| it.len()),
            Content::Symlink(_) => 0,
        }
    }

    /// Returns the host's file, if it is a kernel module.
    pub fn module(&self) -> Option<PathBuf> {
        match &self.content {
            Content::HostFile(path) if self.path.ends_with(".ko") => Some(path.clone()),
            _ => None,
        }
    }
}

/// The content of a [`GuestFile`].
#[derive(Clone)]
pub enum Content {
    /// A copy of a file of the host, with its permission bits.
    HostFile(PathBuf),
    /// A symbolic link to this path of the guest.
    Symlink(String),
}
