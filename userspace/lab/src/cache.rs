// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cache that checkouts share: `$XDG_CACHE_HOME/hiboma-rs`.
//!
//! A folder of the cache is either complete or does not exist. If two labs
//! fill the cache at once, the second waits for the first and uses its result.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::statvfs::statvfs;
use sha2::{Digest, Sha256};

/// The file that marks a resumable folder as complete.
const STAMP: &str = ".complete";

const MIB: u64 = 1 << 20;

/// The cache's root folder.
pub struct Cache(PathBuf);

impl Cache {
    /// Opens the cache; creates it if it does not exist.
    pub fn open() -> Result<Cache> {
        let root = dirs::cache_dir()
            .context("no cache folder: set HOME or XDG_CACHE_HOME")?
            .join("hiboma-rs");
        fs::create_dir_all(&root).with_context(|| {
            format!(
                "cannot make {}: set XDG_CACHE_HOME to a folder of yours",
                root.display()
            )
        })?;
        Ok(Cache(root))
    }

    /// Returns the path of `name` in the cache, whether it exists or not.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Fails if the cache's disk has less space left than `what` needs.
    pub fn check_space(&self, what: &str, needed_mib: u64) -> Result<()> {
        let disk = statvfs(&self.0).with_context(|| self.0.display().to_string())?;
        // Both are u64 on this architecture, and u32 on others.
        let left_mib = disk.blocks_available() * disk.fragment_size() / MIB;
        let root = self.0.display();
        ensure!(
            left_mib >= needed_mib,
            "{what} takes {needed_mib} MB in {root}, and that disk has {left_mib} MB left: make room, or set \
             XDG_CACHE_HOME to a folder on a larger disk"
        );
        Ok(())
    }

    /// Returns the folder `name`. If it does not exist, `fill` creates its
    /// content in another folder, which is renamed when it is complete.
    pub fn folder(&self, name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let folder = self.path(name);
        if folder.exists() {
            return Ok(folder);
        }
        let _lock = self.lock(name)?;
        if folder.exists() {
            return Ok(folder);
        }
        let partial = self.path("partial").join(name);
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        fill(&partial)?;
        fs::create_dir_all(folder.parent().unwrap_or(&self.0))?;
        fs::rename(&partial, &folder)?;
        Ok(folder)
    }

    /// Returns the folder `name`, which `fill` creates in place: a kernel's build tree records
    /// its path. `fill` continues an interrupted one. A stamp marks the folder as complete.
    pub fn resumable(&self, name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let folder = self.path(name);
        let stamp = folder.join(STAMP);
        if stamp.exists() {
            return Ok(folder);
        }
        let _lock = self.lock(name)?;
        if !stamp.exists() {
            fs::create_dir_all(&folder)?;
            fill(&folder)?;
            File::create(&stamp)?;
        }
        Ok(folder)
    }

    /// Lets [`resumable`](Self::resumable) fill the folder `name` again, on top of its content.
    pub fn reopen(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path(name).join(STAMP)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Locks `name` against other labs until the returned file is dropped.
    pub fn lock(&self, name: &str) -> Result<File> {
        let locks = self.path("locks");
        fs::create_dir_all(&locks).with_context(|| {
            let locks = locks.display();
            format!("cannot make {locks}: if root made the cache, give it to you by chown")
        })?;
        lock(&locks.join(name.replace('/', "-")), name)
    }

    /// The same for short work that can be skipped: returns `None` if another lab holds the
    /// lock for longer than `patience`. Child processes of the lab do not inherit this lock.
    pub fn lock_within(&self, name: &str, patience: Duration) -> Result<Option<File>> {
        let locks = self.path("locks");
        fs::create_dir_all(&locks)?;
        let lock = File::create(locks.join(name))?;
        let started = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(lock)),
                Err(TryLockError::Error(error)) => return Err(error.into()),
                Err(TryLockError::WouldBlock) if started.elapsed() > patience => return Ok(None),
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(5)),
            }
        }
    }
}

/// Locks `name`, through the file `path`, against other labs until the returned file is dropped.
pub fn lock(path: &Path, name: &str) -> Result<File> {
    let lock = File::create(path).with_context(|| {
        let path = path.display();
        format!("cannot write {path}: if root made it, give it to you by chown")
    })?;
    // What builds for the lab inherits the lock. If the lab is killed, that may
    // continue for a moment, and no other lab may work in the same folder meanwhile.
    fcntl(&lock, FcntlArg::F_SETFD(FdFlag::empty()))?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another lab, which is making {name}");
            lock.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
        Ok(()) => {}
    }
    Ok(lock)
}

/// Returns a short name for all inputs together: the first 16 hex digits of their SHA-256.
pub fn key<'a>(inputs: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update(input.len().to_le_bytes());
        hash.update(input);
    }
    hash.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache(root.path().to_owned());
        (root, cache)
    }

    #[test]
    fn a_folder_is_made_once() {
        let (_root, cache) = cache();
        let first = cache.folder("a/b", |folder| Ok(fs::write(folder.join("file"), "1")?));
        let again = cache.folder("a/b", |_| panic!("it is there"));
        assert_eq!(first.unwrap(), again.unwrap());
        assert_eq!(fs::read_to_string(cache.path("a/b/file")).unwrap(), "1");
    }

    #[test]
    fn what_failed_is_not_there_and_can_be_tried_again() {
        let (_root, cache) = cache();
        let fails = |folder: &Path| {
            fs::write(folder.join("half"), "")?;
            bail!("the network is down")
        };
        assert!(cache.folder("a", fails).is_err());
        assert!(!cache.path("a").exists());
        cache.folder("a", |_| Ok(())).unwrap();
        assert!(!cache.path("a/half").exists());
    }

    #[test]
    fn a_disk_that_is_too_small_is_told_before_it_is_full() {
        let (_root, cache) = cache();
        cache.check_space("a byte", 0).unwrap();
        let error = cache.check_space("the source", 1 << 40).unwrap_err();
        let told = error.to_string();
        assert!(
            told.starts_with("the source takes 1099511627776 MB in "),
            "{told}"
        );
        assert!(told.contains("make room"), "{told}");
    }

    #[test]
    fn what_was_interrupted_goes_on_where_it_stopped() {
        let (_root, cache) = cache();
        let stops = |folder: &Path| {
            fs::write(folder.join("first"), "")?;
            bail!("interrupted")
        };
        assert!(cache.resumable("a", stops).is_err());
        let goes_on = |folder: &Path| {
            assert!(folder.join("first").exists());
            Ok(())
        };
        cache.resumable("a", goes_on).unwrap();
        cache.resumable("a", |_| panic!("it is complete")).unwrap();
    }

    #[test]
    fn a_key_tells_where_one_input_ends() {
        assert_ne!(key(["ab", "c"]), key(["a", "bc"]));
        assert_eq!(key(["ab", "c"]), key(["ab", "c"]));
    }
}
