// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checkouts that use a snapshot.
//!
//! Each leaves a file in the snapshot's folder. A checkout needs one snapshot for each kind of
//! machine; when it takes another, it leaves the first, and one that nobody uses is removed. Guests
//! that have resumed from it keep what they have mapped.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{cache, workspace};

/// The folder of their files, in a snapshot's.
const USERS: &str = "users";

const HOUR: Duration = Duration::from_secs(3600);

/// What the name of a snapshot begins with that is not complete yet.
pub const PARTIAL: &str = ".partial-";

/// This checkout, and what kind of machine it wants.
pub struct User(String);

impl User {
    /// For a kind of machine, of which the checkout needs one snapshot.
    pub fn of(kind: &str) -> Self {
        User(cache::key([&*workspace::root().to_string_lossy(), kind]))
    }

    /// Has it among the users of a snapshot.
    pub fn enter(&self, snapshot: &Path) -> Result<()> {
        let users = snapshot.join(USERS);
        fs::create_dir_all(&users)?;
        let checkout = workspace::root().as_os_str();
        Ok(fs::write(users.join(&self.0), checkout.as_bytes())?)
    }

    /// Whether it is among them.
    pub fn uses(&self, snapshot: &Path) -> bool {
        snapshot.join(USERS).join(&self.0).exists()
    }

    /// Leaves all snapshots in `folder` but one, and removes those that are not used any more.
    pub fn leave_all_but(&self, snapshot: &Path, folder: &Path) -> Result<()> {
        for entry in folder.read_dir()? {
            let other = entry?.path();
            if other == snapshot {
                continue;
            }
            // Most often it was no user of it.
            let _ = fs::remove_file(other.join(USERS).join(&self.0));
            if !is_used(&other) && !is_being_taken(&other)? {
                fs::remove_dir_all(&other)
                    .with_context(|| format!("cannot remove {}", other.display()))?;
            }
        }
        Ok(())
    }
}

/// Whether there is still a checkout that uses it.
fn is_used(snapshot: &Path) -> bool {
    let users = snapshot.join(USERS).read_dir();
    let mut users = users.into_iter().flatten().flatten();
    users.any(|user| {
        let checkout = fs::read(user.path()).unwrap_or_default();
        Path::new(OsStr::from_bytes(&checkout)).exists()
    })
}

/// Whether a lab may still be writing it. One that was killed has left it an hour ago, in the end.
fn is_being_taken(snapshot: &Path) -> Result<bool> {
    let name = snapshot.file_name().unwrap_or_default();
    let is_partial = name.as_bytes().starts_with(PARTIAL.as_bytes());
    let age = snapshot.metadata()?.modified()?.elapsed();
    Ok(is_partial && age.is_ok_and(|age| age < HOUR))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::SystemTime;

    use super::{HOUR, User};

    #[test]
    fn a_snapshot_goes_with_its_last_user() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new, other, gone] = ["old", "new", "other", "gone"].map(|name| {
            let snapshot = folder.path().join(name);
            fs::create_dir_all(snapshot.join("users")).unwrap();
            snapshot
        });
        let (recent, partial) = (
            folder.path().join(".partial-a"),
            folder.path().join(".partial-b"),
        );
        fs::create_dir(&recent).unwrap();
        fs::create_dir(&partial).unwrap();
        let long_ago = SystemTime::now() - 2 * HOUR;
        let stopped = File::open(&partial).unwrap();
        stopped.set_modified(long_ago).unwrap();
        fs::write(gone.join("users/it"), "/no/such/checkout").unwrap();
        let (one, two) = (User::of("one CPU"), User::of("two CPUs"));
        one.enter(&old).unwrap();
        one.enter(&new).unwrap();
        two.enter(&other).unwrap();

        one.leave_all_but(&new, folder.path()).unwrap();
        assert!(one.uses(&new) && two.uses(&other) && recent.exists());
        for removed in [old, gone, partial] {
            assert!(!removed.exists(), "{}", removed.display());
        }
    }
}
