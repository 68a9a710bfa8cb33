// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a guest is booted from: a kernel, and the files of its root file system.

use std::path::PathBuf;

/// Everything `guest::Guest::boot` needs, already built.
#[derive(Clone)]
pub struct Image {
    /// The uncompressed, stripped `vmlinux`, which QEMU enters through PVH.
    pub vmlinux: PathBuf,
    /// How much memory the kernel needs beside that for its files.
    pub memory_mib: u64,
    /// How many times longer than the lab's kernel it may take for anything.
    pub slowness: u32,
    /// The files of the initramfs. `/init` is among them.
    pub files: Vec<GuestFile>,
}

/// One regular file or symbolic link of the guest's root file system.
#[derive(Clone)]
pub struct GuestFile {
    /// Absolute path in the guest; its directories are made as needed.
    pub path: String,
    /// Where it comes from.
    pub content: Content,
}

/// What a [`GuestFile`] holds.
#[derive(Clone)]
pub enum Content {
    /// A copy of a file of the host, with its permission bits.
    HostFile(PathBuf),
    /// A symbolic link to this path of the guest.
    Symlink(String),
}
