// SPDX-License-Identifier: MIT OR Apache-2.0

//! Guests that were stopped after their boot and written to the cache, so that others resume there.
//!
//! A snapshot is taken once for each machine and what it boots. Many guests resume from it at once,
//! since each maps its memory copy-on-write. What has been edited since it was taken is sent to the
//! guest when it has resumed.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `contents.rs` | the files that a guest booted with, and which of them have changed |
//! | `saved.rs` | a snapshot's folder: written, checked, opened |
//! | `users.rs` | which checkouts use it; without any it is removed |
//! | `digest.rs` | what tells two files apart |

mod contents;
mod digest;
mod saved;
mod users;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use contents::Contents;
use saved::Description;
use users::{PARTIAL, User};

pub use contents::Change;

use super::monitor::Monitor;
use super::qemu::{Machine, QEMU};
use crate::cache::{self, Cache};
use crate::child;
use crate::image::Image;

/// Another one whenever a snapshot holds something else of the same input.
const RECIPE: &str = "1";

/// Where they are in the cache.
const FOLDER: &str = "snapshots";

/// To send more than this takes as long as to boot, which is done once.
const MOST_TO_SEND: u64 = 16 << 20;

/// How long QEMU may take to write the state of the devices.
const LIMIT: Duration = Duration::from_secs(30);

/// Where QEMU writes the state to, and reads it from.
const URI: &str = "fd:state";

/// The snapshots that one guest may resume from.
pub struct Snapshots {
    cache: Cache,
    qemu: String,
    machine: Vec<String>,
    /// Names the machine, and what has run in it by the time that the lab can ask for more.
    base: String,
    files: Contents,
    user: User,
}

/// One of them, and what a guest needs after it has resumed.
pub struct Snapshot {
    folder: PathBuf,
    pub changes: Vec<Change>,
}

/// What a guest resumes from.
pub struct Opened {
    pub ram: File,
    pub state: Vec<u8>,
}

impl Snapshots {
    /// Those for `image` on `machine`.
    pub fn of(machine: &Machine, image: &Image) -> Result<Self> {
        let arguments = machine.arguments();
        let mut base = vec![RECIPE.to_owned()];
        base.extend_from_slice(&arguments);
        base.push(digest::of_file(&image.vmlinux)?);
        base.push(Contents::of(&image.boot_files)?.key());
        let kind = format!("{} {} {}", image.kernel, machine.cpus, machine.memory_mib);
        Ok(Snapshots {
            cache: Cache::open()?,
            qemu: identity_of_qemu()?,
            machine: arguments,
            base: cache::key(base.iter().map(String::as_str)),
            files: Contents::of(&image.files)?,
            user: User::of(&kind),
        })
    }

    /// The one that needs least sent to be `image`, if any does not need too much.
    pub fn find(&self, image: &Image) -> Option<Snapshot> {
        let folders = self.folder().read_dir().ok()?;
        let snapshots = folders.filter_map(|entry| self.fitting(entry.ok()?.path(), image));
        let bytes = |it: &Snapshot| -> u64 { it.changes.iter().map(Change::bytes).sum() };
        let least = snapshots.min_by_key(bytes)?;
        (bytes(&least) <= MOST_TO_SEND).then_some(least)
    }

    fn fitting(&self, folder: PathBuf, image: &Image) -> Option<Snapshot> {
        let name = folder.file_name()?.to_str()?;
        let files = name.strip_prefix(&self.base)?;
        let changes = match files.strip_prefix('-') == Some(&self.files.key()) {
            true => Vec::new(),
            // One that cannot be read may be on its way out.
            false => {
                let saved = Description::read(&folder).ok()?;
                saved.files.changes(&self.files, &image.files)
            }
        };
        Some(Snapshot { folder, changes })
    }

    /// Opens one of them, if it is what was once written.
    pub fn open(&self, snapshot: &Snapshot) -> Result<Opened> {
        saved::open(&snapshot.folder, &self.qemu)
    }

    /// Makes this checkout a user of the snapshot, if it is just what the checkout needs.
    pub fn use_it(&self, snapshot: &Snapshot) -> Result<()> {
        if snapshot.changes.is_empty() && !self.user.uses(&snapshot.folder) {
            self.user.enter(&snapshot.folder)?;
            self.user.leave_all_but(&snapshot.folder, &self.folder())?;
        }
        Ok(())
    }

    /// Takes one of a guest that has booted and waits for the lab: stops it, writes it, and lets it
    /// go on. Where another lab is taking the same one, it does nothing.
    pub fn take(&self, monitor: &mut Monitor, ram: &File) -> Result<()> {
        fs::create_dir_all(self.folder())?;
        let Some(_lock) = self.cache.try_lock(&format!("{FOLDER}-{}", self.base))? else {
            return Ok(());
        };
        let written = stop(monitor).and_then(|state| self.write(ram, &state));
        monitor.execute("cont", json!({}))?;
        self.user.leave_all_but(&written?, &self.folder())
    }

    fn write(&self, ram: &File, state: &[u8]) -> Result<PathBuf> {
        let name = format!("{}-{}", self.base, self.files.key());
        let (folder, partial) = (
            self.folder().join(&name),
            self.folder().join(PARTIAL.to_owned() + &name),
        );
        let write = || -> Result<()> {
            // A lab that was killed may have left one.
            remove(&partial)?;
            fs::create_dir(&partial)?;
            saved::write(&partial, self, ram, state)?;
            self.user.enter(&partial)?;
            remove(&folder)?;
            Ok(fs::rename(&partial, &folder)?)
        };
        let written = write().with_context(|| self.folder().display().to_string());
        if written.is_err() {
            // What filled the disk must not stay there.
            let _ = fs::remove_dir_all(&partial);
        }
        written.map(|()| folder)
    }

    fn folder(&self) -> PathBuf {
        self.cache.path(FOLDER)
    }
}

impl Snapshot {
    /// Removes it, since it is of no use.
    pub fn remove(&self) {
        // Where that fails, the next lab will say as much as this one.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Stops a guest, and returns the state of its devices.
fn stop(monitor: &mut Monitor) -> Result<Vec<u8>> {
    ignore_shared_memory(monitor)?;
    let mut state = channel(monitor)?;
    state.set_read_timeout(Some(LIMIT))?;
    // QEMU stops the guest itself, and remembers that it ran.
    monitor.execute("migrate", json!({ "uri": URI }))?;
    let mut bytes = Vec::new();
    state.read_to_end(&mut bytes)?;
    let outcome = monitor.execute("query-migrate", json!({}))?;
    ensure!(
        outcome["status"] == "completed",
        "QEMU could not write its state: {outcome}"
    );
    Ok(bytes)
}

/// Has a guest go on from the state of another one's devices.
pub fn resume(monitor: &mut Monitor, state: Vec<u8>) -> Result<()> {
    ignore_shared_memory(monitor)?;
    let mut to = channel(monitor)?;
    monitor.execute("migrate-incoming", json!({ "uri": URI }))?;
    // It may be more than fits into the channel. Where QEMU ends instead, the guest says so.
    thread::spawn(move || to.write_all(&state));
    Ok(())
}

/// A channel to or from QEMU, which has its end by the name in [`URI`].
fn channel(monitor: &mut Monitor) -> Result<UnixStream> {
    let (lab, qemu) = UnixStream::pair()?;
    monitor.pass(&qemu, "state")?;
    Ok(lab)
}

/// Has QEMU leave out of the state what is in a file.
fn ignore_shared_memory(monitor: &mut Monitor) -> Result<()> {
    let capability = json!({ "capability": "x-ignore-shared", "state": true });
    let arguments = json!({ "capabilities": [capability] });
    monitor.execute("migrate-set-capabilities", arguments)?;
    Ok(())
}

/// The program that the state is of: another build has another time or size.
fn identity_of_qemu() -> Result<String> {
    let path =
        child::on_path(QEMU).with_context(|| format!("no {QEMU}: see `cargo lab doctor`"))?;
    let metadata = fs::metadata(&path)?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH);
    let modified = modified.map_err(io::Error::other)?;
    Ok(format!(
        "{} {} {modified:?}",
        path.display(),
        metadata.len()
    ))
}
