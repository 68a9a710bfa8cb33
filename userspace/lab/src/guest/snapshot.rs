// SPDX-License-Identifier: MIT OR Apache-2.0

//! Guests that were stopped after their boot and written to the cache, to be resumed later.
//!
//! There is one snapshot for each VM and what it boots. Many guests can resume from it at once,
//! since each maps its memory copy-on-write. Files that were edited since it was taken are sent to
//! the guest after it has resumed.
//!
//! Writing or removing a snapshot requires a lock. Resuming does not: files that a guest has
//! opened remain, even if their names are removed.
//!
//! | file | contents |
//! | --- | --- |
//! | `manifest.rs` | the files that a guest booted with, and which of them have changed |
//! | `saved.rs` | a snapshot's folder: written, verified, opened |
//! | `checkouts.rs` | which checkouts use it; without any it is removed |
//! | `migration.rs` | the state of the devices, from QEMU and to it |
//! | `digest.rs` | digests of files |

mod checkouts;
mod digest;
mod manifest;
mod migration;
mod saved;

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use checkouts::Checkout;
use manifest::Manifest;
use saved::Description;

pub use manifest::Change;
pub use migration::resume;

use super::monitor::Monitor;
use super::qemu::{Machine, QEMU};
use crate::cache::{self, Cache};
use crate::child;
use crate::image::Image;

/// Change this when the format or the contents of a snapshot change.
const RECIPE: &str = "2";

/// The folder of the snapshots in the cache, and the name of the lock.
const FOLDER: &str = "snapshots";

/// The prefix of the name of an incomplete snapshot.
const PARTIAL: &str = ".partial-";

/// How long to wait for a lab that is writing a snapshot. That takes less than a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// The snapshots from which one guest may resume.
pub struct Snapshots {
    cache: Cache,
    qemu: String,
    machine: Vec<String>,
    /// Identifies the VM, its kernel, and the files that it boots with.
    base: String,
    files: Manifest,
    checkout: Checkout,
}

/// A snapshot, and the changes that a guest needs after resuming from it.
pub struct Snapshot {
    folder: PathBuf,
    /// Distinguishes it from another snapshot that has replaced it under the same name.
    inode: u64,
    pub changes: Vec<Change>,
}

/// The files from which a guest resumes.
pub struct Opened {
    pub ram: File,
    pub state: Vec<u8>,
}

impl Snapshots {
    /// Returns the snapshots for `image` on `machine`.
    pub fn of(machine: &Machine, image: &Image) -> Result<Self> {
        let arguments = machine.arguments();
        let mut base = vec![RECIPE.to_owned()];
        base.extend_from_slice(&arguments);
        base.push(digest::of_file(&image.vmlinux)?);
        base.push(Manifest::of(&image.boot_files)?.key());
        let qemu = identity_of_qemu()?;
        let kind = format!(
            "{} {} {} {qemu}",
            image.kernel, machine.cpus, machine.memory_mib
        );
        Ok(Snapshots {
            cache: Cache::open()?,
            qemu,
            machine: arguments,
            base: cache::key(base.iter().map(String::as_str)),
            files: Manifest::of(&image.files)?,
            checkout: Checkout::of(&kind),
        })
    }

    /// Returns the snapshot that needs the fewest bytes sent to become `image`, but at most `most`.
    pub fn find(&self, image: &Image, most: u64) -> Option<Snapshot> {
        let folders = self.folder().read_dir().ok()?;
        let snapshots = folders.filter_map(|entry| self.fitting(entry.ok()?.path(), image));
        let bytes = |it: &Snapshot| -> u64 { it.changes.iter().map(Change::bytes).sum() };
        let least = snapshots.min_by_key(bytes)?;
        (bytes(&least) <= most).then_some(least)
    }

    fn fitting(&self, folder: PathBuf, image: &Image) -> Option<Snapshot> {
        let name = folder.file_name()?.to_str()?;
        let changes = if name == self.name() {
            Vec::new()
        } else {
            name.strip_prefix(&self.prefix())?;
            // A snapshot that cannot be read may be about to be removed.
            let saved = Description::read(&folder).ok()?;
            saved.files.changes(&self.files, &image.files)
        };
        let inode = folder.metadata().ok()?.ino();
        Some(Snapshot {
            folder,
            inode,
            changes,
        })
    }

    /// Returns whether another QEMU has taken a snapshot of the same VM.
    pub fn are_of_another_qemu(&self) -> bool {
        let folders = self.folder().read_dir().into_iter().flatten().flatten();
        let mut names = folders.filter_map(|entry| entry.file_name().into_string().ok());
        let is_other =
            |name: String| name.starts_with(&self.base) && !name.starts_with(&self.prefix());
        names.any(is_other)
    }

    /// Opens a snapshot, if it is undamaged.
    pub fn open(&self, snapshot: &Snapshot) -> Result<Opened> {
        saved::open(&snapshot.folder, &self.qemu)
    }

    /// Records that this checkout uses the snapshot.
    pub fn register(&self, snapshot: &Snapshot) {
        if self.checkout.register(&snapshot.folder) {
            // Without the lock, another lab will clean up.
            let _ = self.clean_up(&snapshot.folder);
        }
    }

    fn clean_up(&self, used: &Path) -> Result<()> {
        if let Some(_lock) = self.lock()? {
            self.checkout.release_others(used, &self.folder());
        }
        Ok(())
    }

    /// Removes an unusable snapshot, unless another lab has replaced it meanwhile.
    pub fn remove(&self, snapshot: &Snapshot) -> Result<()> {
        if let Some(_lock) = self.lock()?
            && let Ok(metadata) = snapshot.folder.metadata()
            && metadata.ino() == snapshot.inode
        {
            remove(&snapshot.folder)?;
        }
        Ok(())
    }

    /// Takes a snapshot of a guest that has booted with `image` and is waiting for the
    /// lab: stops it, writes the snapshot, and lets it continue. `ram` is its memory.
    pub fn take(&self, monitor: &mut Monitor, ram: &File, image: &Image) -> Result<()> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700);
        (folder.create(self.folder())).with_context(|| self.folder().display().to_string())?;
        let Some(_lock) = self.lock()? else {
            // Another lab is still writing one, after longer than that should take.
            return Ok(());
        };
        let folder = self.folder().join(self.name());
        if !self.is_there(&folder) {
            ensure!(
                Manifest::of(&image.files)? == self.files,
                "a file of the guest has changed while the guest booted"
            );
            let written = migration::state(monitor).and_then(|state| self.write(ram, &state));
            migration::go_on(monitor)?;
            written.with_context(|| self.folder().display().to_string())?;
        }
        self.checkout.register(&folder);
        self.checkout.release_others(&folder, &self.folder());
        Ok(())
    }

    /// Returns whether another lab has taken the snapshot meanwhile.
    fn is_there(&self, folder: &Path) -> bool {
        Description::read(folder).is_ok_and(|it| it.qemu == self.qemu)
    }

    fn write(&self, ram: &File, state: &[u8]) -> Result<()> {
        let folder = self.folder().join(self.name());
        let partial = self.folder().join(PARTIAL.to_owned() + &self.name());
        let write = || -> Result<()> {
            // A lab that was killed may have left an incomplete one.
            remove(&partial)?;
            fs::create_dir(&partial)?;
            saved::write(&partial, self, ram, state)?;
            fs::create_dir(checkouts::folder(&partial))?;
            remove(&folder)?;
            Ok(fs::rename(&partial, &folder)?)
        };
        let written = write();
        if written.is_err() {
            // If the disk is full, the incomplete snapshot must not stay there.
            let _ = remove(&partial);
        }
        written
    }

    fn lock(&self) -> Result<Option<File>> {
        self.cache.lock_within(FOLDER, PATIENCE)
    }

    fn folder(&self) -> PathBuf {
        self.cache.path(FOLDER)
    }

    fn name(&self) -> String {
        format!("{}{}", self.prefix(), self.files.key())
    }

    fn prefix(&self) -> String {
        format!("{}-{}-", self.base, cache::key([&*self.qemu]))
    }
}

/// Removes a folder, if it exists.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Identifies the QEMU that can read the state: another build has another time or size.
fn identity_of_qemu() -> Result<String> {
    let path =
        child::on_path(QEMU).with_context(|| format!("no {QEMU}: see `cargo lab doctor`"))?;
    let metadata = fs::metadata(&path)?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!(
        "{} {} {modified:?}",
        path.display(),
        metadata.len()
    ))
}
