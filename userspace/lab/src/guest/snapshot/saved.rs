// SPDX-License-Identifier: MIT OR Apache-2.0

//! A snapshot's folder.
//!
//! `ram` is the guest's memory as is, so that it can be mapped, with holes for zeros; `state`
//! is that of its devices, in QEMU's format; `snapshot.json` has the digests of both. To read
//! all of `ram` takes as long as to resume, so it is verified only once after each boot of the
//! host, and again if the file has changed: `verified.json` says for which file it was done.

use std::fs::{self, File, Metadata};
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::{Opened, Snapshots, digest};

const RAM: &str = "ram";
const STATE: &str = "state";
const DESCRIPTION: &str = "snapshot.json";
const VERIFIED: &str = "verified.json";

/// Differs after each boot of the host. A crash loses what had not reached the disk.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The properties of a snapshot, and the digests of its files.
#[derive(Serialize, Deserialize)]
pub struct Description {
    /// The QEMU that can read `state`.
    pub qemu: String,
    /// QEMU's arguments.
    machine: Vec<String>,
    pub files: Manifest,
    ram: String,
    state: String,
}

/// Identifies a file that was verified.
#[derive(Serialize, Deserialize, PartialEq)]
struct Verified {
    boot: String,
    size: u64,
    changed: (i64, i64),
}

impl Description {
    pub fn read(folder: &Path) -> Result<Self> {
        Ok(serde_json::from_slice(&fs::read(
            folder.join(DESCRIPTION),
        )?)?)
    }
}

/// Writes a snapshot into an empty folder.
pub fn write(folder: &Path, snapshots: &Snapshots, ram: &File, state: &[u8]) -> Result<()> {
    let to = private(folder, RAM)?;
    to.set_len(ram.metadata()?.len())?;
    let digest = digest::of_sparse(ram, |offset, piece| to.write_all_at(piece, offset))?;
    private(folder, STATE)?.write_all(state)?;
    let description = Description {
        qemu: snapshots.qemu.clone(),
        machine: snapshots.machine.clone(),
        files: snapshots.files.clone(),
        ram: digest,
        state: digest::of_bytes(state),
    };
    fs::write(
        folder.join(DESCRIPTION),
        serde_json::to_string_pretty(&description)?,
    )?;
    Verified::now(&to.metadata()?)?.write(folder)
}

/// Creates a file that only its owner may read: it contains the guest's random numbers.
fn private(folder: &Path, name: &str) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    Ok(options.open(folder.join(name))?)
}

/// Opens the snapshot in a folder, if it is undamaged and was taken by this QEMU.
pub fn open(folder: &Path, qemu: &str) -> Result<Opened> {
    let description = Description::read(folder).context(DESCRIPTION)?;
    ensure!(description.qemu == qemu, "another QEMU made it");
    let state = fs::read(folder.join(STATE)).context(STATE)?;
    ensure!(
        digest::of_bytes(&state) == description.state,
        "{STATE} was damaged"
    );
    // QEMU maps it privately, so its writes do not change the file, but it opens it for writing.
    let ram = File::options()
        .read(true)
        .write(true)
        .open(folder.join(RAM))
        .context(RAM)?;
    let verified = Verified::now(&ram.metadata()?)?;
    if Verified::read(folder).ok().as_ref() != Some(&verified) {
        let digest = digest::of_sparse(&ram, |_, _| Ok(())).context(RAM)?;
        ensure!(digest == description.ram, "{RAM} was damaged");
        // If this fails, the next lab verifies the file again.
        let _ = verified.write(folder);
    }
    Ok(Opened { ram, state })
}

impl Verified {
    fn now(ram: &Metadata) -> Result<Self> {
        Ok(Verified {
            boot: fs::read_to_string(BOOT_ID)?,
            size: ram.len(),
            // The ctime: unlike the mtime, it cannot be set back.
            changed: (ram.ctime(), ram.ctime_nsec()),
        })
    }

    fn read(folder: &Path) -> Result<Self> {
        Ok(serde_json::from_slice(&fs::read(folder.join(VERIFIED))?)?)
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(serde_json::to_string(self)?.as_bytes())?;
        file.persist(folder.join(VERIFIED))?;
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt;
    use std::path::Path;

    use super::super::Snapshots;
    use super::super::checkouts::Checkout;
    use super::super::manifest::Manifest;
    use super::{RAM, STATE, open, write};
    use crate::cache::Cache;

    const QEMU: &str = "qemu-system-x86_64, version 1";

    fn snapshots() -> Snapshots {
        Snapshots {
            cache: Cache::open().unwrap(),
            qemu: QEMU.into(),
            machine: vec!["-m".into(), "256".into()],
            base: "base".into(),
            files: Manifest::of(&[]).unwrap(),
            checkout: Checkout::of("test"),
        }
    }

    fn snapshot() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        write_snapshot(folder.path());
        folder
    }

    /// Writes a small snapshot into an empty folder.
    pub fn write_snapshot(folder: &Path) {
        let ram = tempfile::tempfile().unwrap();
        ram.set_len(1 << 20).unwrap();
        ram.write_all_at(b"kernel", 1 << 19).unwrap();
        write(folder, &snapshots(), &ram, b"devices").unwrap();
    }

    fn refusal(folder: &Path) -> String {
        format!("{:#}", open(folder, QEMU).err().expect("it is opened"))
    }

    #[test]
    fn what_was_written_is_opened() {
        let folder = snapshot();
        let opened = open(folder.path(), QEMU).unwrap();
        assert_eq!(opened.state, b"devices");
        let mut kernel = [0; 6];
        opened.ram.read_exact_at(&mut kernel, 1 << 19).unwrap();
        assert_eq!(&kernel, b"kernel");
    }

    #[test]
    fn a_file_that_was_touched_and_is_the_same_is_opened() {
        let folder = snapshot();
        let ram = folder.path().join(RAM);
        let bytes = fs::read(&ram).unwrap();
        fs::write(&ram, bytes).unwrap();
        open(folder.path(), QEMU).unwrap();
    }

    #[test]
    fn a_damaged_file_is_not() {
        let noise = |file: &str| {
            let folder = snapshot();
            let file = File::options().write(true).open(folder.path().join(file));
            file.unwrap().write_all_at(b"noise", 3).unwrap();
            refusal(folder.path())
        };
        assert_eq!(noise(RAM), "ram was damaged");
        assert_eq!(noise(STATE), "state was damaged");

        let half = |name: &str| {
            let folder = snapshot();
            let file = File::options().write(true).open(folder.path().join(name));
            let file = file.unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
            refusal(folder.path())
        };
        assert_eq!(half(RAM), "ram was damaged");
        assert_eq!(half(STATE), "state was damaged");
        assert!(half("snapshot.json").starts_with("snapshot.json: "));
    }

    #[test]
    fn what_another_qemu_wrote_is_not() {
        let folder = snapshot();
        let error = open(folder.path(), "qemu-system-x86_64, version 2").err();
        assert_eq!(error.unwrap().to_string(), "another QEMU made it");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not() {
        for file in [RAM, STATE, "snapshot.json"] {
            let folder = snapshot();
            fs::remove_file(folder.path().join(file)).unwrap();
            assert!(refusal(folder.path()).starts_with(&format!("{file}: No such file")));
        }
    }
}
