// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a guest is booted from: a kernel, and the files of its root file system.

use std::fs;
use std::path::PathBuf;

/// Everything `guest::Guest::start` needs, already built.
#[derive(Clone)]
pub struct Image {
    /// Which of the lab's kernels it is.
    pub kernel: String,
    /// The uncompressed, stripped `vmlinux`, which QEMU enters through PVH.
    pub vmlinux: PathBuf,
    /// How much memory the kernel needs beside that for its files.
    pub memory_mib: u64,
    /// How many times longer than the lab's kernel it may take for anything.
    pub slowness: u32,
    /// What has run in the guest when the lab can ask for more: `/init` and KVM's modules.
    pub boot_files: Vec<GuestFile>,
    /// All other files.
    pub files: Vec<GuestFile>,
}

impl Image {
    /// What a guest boots with.
    pub fn all_files(&self) -> impl Iterator<Item = &GuestFile> {
        self.boot_files.iter().chain(&self.files)
    }
}

/// One regular file or symbolic link of the guest's root file system.
#[derive(Clone)]
pub struct GuestFile {
    /// Absolute path in the guest; its directories are made as needed.
    pub path: String,
    /// Where it comes from.
    pub content: Content,
}

impl GuestFile {
    /// How many bytes it has, as far as the host knows it.
    pub fn size(&self) -> u64 {
        match &self.content {
            Content::HostFile(path) => fs::metadata(path).map_or(0, |it| it.len()),
            Content::Symlink(_) => 0,
        }
    }

    /// The host's file, if it is a kernel module.
    pub fn module(&self) -> Option<PathBuf> {
        match &self.content {
            Content::HostFile(path) if self.path.ends_with(".ko") => Some(path.clone()),
            _ => None,
        }
    }
}

/// What a [`GuestFile`] holds.
#[derive(Clone)]
pub enum Content {
    /// A copy of a file of the host, with its permission bits.
    HostFile(PathBuf),
    /// A symbolic link to this path of the guest.
    Symlink(String),
}
