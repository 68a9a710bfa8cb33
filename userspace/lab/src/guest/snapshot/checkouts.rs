// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checkouts that use a snapshot.
//!
//! Each has a file in the snapshot's folder. A checkout needs one snapshot for each kind of VM: when it
//! starts to use another, it releases the first. A snapshot that no checkout has used for two weeks
//! is removed.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::saved::Description;
use crate::{cache, workspace};

const HOUR: Duration = Duration::from_secs(3600);

/// How long an unused snapshot is kept.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// Returns the folder of the checkouts' files, in a snapshot's folder.
pub fn folder(snapshot: &Path) -> PathBuf {
    snapshot.join("users")
}

/// This checkout with a kind of VM, as a file name.
pub struct Checkout(String);

impl Checkout {
    /// Returns the checkout for a kind of VM, of which it needs one snapshot.
    pub fn of(kind: &str) -> Self {
        Checkout(cache::key([&*workspace::root().to_string_lossy(), kind]))
    }

    /// Records that it uses a snapshot now, at most once an hour. Returns whether it did.
    pub fn register(&self, snapshot: &Path) -> bool {
        let file = self.file(snapshot);
        let is_recent = age(&file).is_some_and(|age| age < HOUR);
        !is_recent && self.write(&file).is_ok()
    }

    fn write(&self, file: &Path) -> Result<()> {
        let folder = file.parent().unwrap_or(file);
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(workspace::root().as_os_str().as_bytes())?;
        new.persist(file)?;
        Ok(())
    }

    fn file(&self, snapshot: &Path) -> PathBuf {
        folder(snapshot).join(&self.0)
    }

    /// Releases all snapshots in a folder but one, and removes those that no checkout uses, as far as
    /// possible. The caller holds the lock, so nobody is writing one.
    pub fn release_others(&self, used: &Path, all: &Path) {
        for entry in all.read_dir().into_iter().flatten().flatten() {
            let snapshot = entry.path();
            if snapshot == used {
                continue;
            }
            // Usually this checkout has no file there.
            let _ = fs::remove_file(self.file(&snapshot));
            if Description::read(&snapshot).is_err() || !is_used(&snapshot) {
                let _ = super::remove(&snapshot);
            }
        }
    }
}

/// Returns whether a checkout that still exists has used it recently.
fn is_used(snapshot: &Path) -> bool {
    let checkouts = folder(snapshot).read_dir().into_iter().flatten().flatten();
    let mut files = checkouts.map(|entry| entry.path());
    files.any(|file| {
        let checkout = fs::read(&file).unwrap_or_default();
        let exists = Path::new(OsStr::from_bytes(&checkout)).exists();
        exists && age(&file).is_some_and(|age| age < KEPT)
    })
}

fn age(file: &Path) -> Option<Duration> {
    file.metadata().ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::SystemTime;

    use super::super::saved::tests::write_snapshot;
    use super::{Checkout, HOUR, KEPT};

    fn snapshot(all: &Path, name: &str) -> std::path::PathBuf {
        let snapshot = all.join(name);
        fs::create_dir(&snapshot).unwrap();
        write_snapshot(&snapshot);
        fs::create_dir(snapshot.join("users")).unwrap();
        snapshot
    }

    #[test]
    fn a_snapshot_goes_with_its_last_checkout() {
        let all = tempfile::tempdir().unwrap();
        let [old, new, other, gone, unused] =
            ["old", "new", "other", "gone", "unused"].map(|name| snapshot(all.path(), name));
        let partial = all.path().join(".partial-x");
        fs::create_dir(&partial).unwrap();
        let [one, two, three] = ["one CPU", "two CPUs", "three"].map(Checkout::of);
        assert!(one.register(&old) && one.register(&new) && two.register(&other));
        assert!(!one.register(&new), "it has just been noted");
        fs::write(gone.join("users/it"), "/no/such/checkout").unwrap();
        three.register(&unused);
        let long_ago = SystemTime::now() - KEPT - HOUR;
        File::open(three.file(&unused))
            .unwrap()
            .set_modified(long_ago)
            .unwrap();

        one.release_others(&new, all.path());
        assert!(new.exists() && other.exists());
        for removed in [old, gone, unused, partial] {
            assert!(!removed.exists(), "{}", removed.display());
        }
    }
}
