// SPDX-License-Identifier: MIT OR Apache-2.0

//! `userspace/exercises/mine/`: the learner's own copies of the starting points. Nothing in it is ever
//! overwritten or removed.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::cmd;

use super::{Exercise, folder};
use crate::disk;

/// A file in a copy: it exists if all checks passed the last time.
const DONE: &str = ".done";

/// A file in a copy: the number of hints that the learner has asked for.
const HINTS: &str = ".hints";

/// The learner's progress with an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no copy.
    NotStarted,
    /// There is a copy.
    Started,
    /// There is a copy that passes all checks.
    Done,
}

/// A learner's copy of one exercise, which may not exist yet.
pub struct Mine {
    /// The folder of all copies.
    all: PathBuf,
    name: String,
    start: PathBuf,
}

impl Mine {
    /// Returns the copy in `userspace/exercises/mine/`.
    pub fn of(exercise: &Exercise) -> Self {
        Mine {
            all: folder().join("mine"),
            name: exercise.name.clone(),
            start: exercise.folder().join("start"),
        }
    }

    /// Returns the copy in another folder of copies.
    pub fn within(all: &Path, exercise: &Exercise) -> Self {
        Mine {
            all: all.to_owned(),
            ..Mine::of(exercise)
        }
    }

    /// Returns the folder of the copy.
    pub fn folder(&self) -> PathBuf {
        self.all.join(&self.name)
    }

    /// Returns the learner's progress.
    pub fn state(&self) -> State {
        match self.folder() {
            folder if folder.join(DONE).exists() => State::Done,
            folder if folder.exists() => State::Started,
            _ => State::NotStarted,
        }
    }

    /// Fails if there is no copy; the error says what to do.
    pub fn check_started(&self, exercise: &Exercise) -> Result<()> {
        let (name, number) = (&exercise.name, exercise.number);
        ensure!(
            self.state() != State::NotStarted,
            "{name} is not started yet: `cargo lab exercise start {number}`"
        );
        Ok(())
    }

    /// Returns the starting point, if that was edited instead of the copy. Needs git to know.
    pub fn changed_start(&self) -> Option<PathBuf> {
        let status = cmd!("git", "status", "--porcelain", "--", ".").dir(&self.start);
        let changes = status.stderr_null().read().ok()?;
        (!changes.is_empty()).then(|| self.start.clone())
    }

    /// Copies the starting point, unless there is a copy already. Returns whether it did.
    pub fn start(&self) -> Result<bool> {
        let folder = self.folder();
        if folder.exists() {
            return Ok(false);
        }
        fs::create_dir_all(&self.all).with_context(|| self.all.display().to_string())?;
        // As a whole or not at all, even if this is interrupted.
        let partial = tempfile::Builder::new()
            .prefix(".start-")
            .tempdir_in(&self.all)?;
        let copy = partial.path().join("copy");
        copy_folder(&self.start, &copy)?;
        fs::rename(&copy, &folder).with_context(|| folder.display().to_string())?;
        Ok(true)
    }

    /// Moves the copy aside, if there is one, and starts again. Returns its new path.
    pub fn reset(&self) -> Result<Option<PathBuf>> {
        let aside = match self.folder().exists() {
            true => Some(self.move_aside()?),
            false => None,
        };
        self.start()?;
        Ok(aside)
    }

    fn move_aside(&self) -> Result<PathBuf> {
        let is_free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
        let aside = (1..)
            .map(|number: u32| self.all.join(format!("{}.{number}", self.name)))
            .find(is_free)
            .context("every name is taken")?;
        fs::rename(self.folder(), &aside).with_context(|| aside.display().to_string())?;
        Ok(aside)
    }

    /// Records whether all checks have passed.
    pub fn mark(&self, done: bool) -> Result<()> {
        let mark = self.folder().join(DONE);
        match (done, mark.exists()) {
            (true, false) => fs::write(&mark, "").with_context(|| mark.display().to_string()),
            (false, true) => fs::remove_file(&mark).with_context(|| mark.display().to_string()),
            _ => Ok(()),
        }
    }

    /// Returns how many of `all` hints to show, one more each time.
    pub fn hints(&self, all: usize) -> Result<usize> {
        let kept = self.folder().join(HINTS);
        let now = all.min(self.hints_so_far() + 1);
        disk::write(&kept, &now.to_string())?;
        Ok(now)
    }

    /// Returns the number of hints shown so far.
    pub fn hints_so_far(&self) -> usize {
        let kept = fs::read_to_string(self.folder().join(HINTS)).unwrap_or_default();
        kept.trim().parse().unwrap_or(0)
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    let entries = fs::read_dir(from).with_context(|| from.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        let name: OsString = entry.file_name();
        match entry.file_type()?.is_dir() {
            true => copy_folder(&entry.path(), &to.join(name))?,
            false => drop(fs::copy(entry.path(), to.join(name))?),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    fn exercise() -> (TempDir, Mine) {
        let root = tempdir().unwrap();
        let start = root.path().join("start");
        fs::create_dir(&start).unwrap();
        fs::write(start.join("main.rs"), "begin").unwrap();
        let mine = Mine {
            all: root.path().join("mine"),
            name: "count".to_owned(),
            start,
        };
        (root, mine)
    }

    fn text(folder: &Path) -> String {
        fs::read_to_string(folder.join("main.rs")).unwrap()
    }

    #[test]
    fn starting_twice_keeps_what_was_written() {
        let (_root, mine) = exercise();
        assert_eq!(mine.state(), State::NotStarted);
        assert!(mine.start().unwrap());
        assert_eq!(mine.state(), State::Started);
        assert_eq!(text(&mine.folder()), "begin");

        fs::write(mine.folder().join("main.rs"), "written").unwrap();
        assert!(!mine.start().unwrap());
        assert_eq!(text(&mine.folder()), "written");
    }

    #[test]
    fn a_reset_keeps_every_copy() {
        let (_root, mine) = exercise();
        assert_eq!(mine.reset().unwrap(), None);
        for written in ["first", "second"] {
            fs::write(mine.folder().join("main.rs"), written).unwrap();
            mine.mark(true).unwrap();
            let aside = mine.reset().unwrap().unwrap();
            assert_eq!(text(&aside), written);
            assert_eq!(text(&mine.folder()), "begin");
            assert_eq!(mine.state(), State::Started);
        }
        assert_eq!(text(&mine.all.join("count.1")), "first");
        assert_eq!(text(&mine.all.join("count.2")), "second");

        // Not even a copy that is a plain file, or a dangling link, is lost.
        fs::remove_dir_all(mine.folder()).unwrap();
        fs::write(mine.folder(), "a file").unwrap();
        std::os::unix::fs::symlink("nowhere", mine.all.join("count.3")).unwrap();
        let aside = mine.reset().unwrap().unwrap();
        assert_eq!(aside, mine.all.join("count.4"));
        assert_eq!(fs::read_to_string(aside).unwrap(), "a file");
        assert_eq!(text(&mine.folder()), "begin");
    }

    #[test]
    fn an_edit_of_the_starting_point_is_noticed() {
        let (root, mine) = exercise();
        assert_eq!(mine.changed_start(), None, "no repository");
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "."],
            &[
                "-c",
                "user.name=a",
                "-c",
                "user.email=a",
                "commit",
                "-qm",
                "a",
            ],
        ] {
            duct::cmd("git", arguments).dir(root.path()).run().unwrap();
        }
        assert_eq!(mine.changed_start(), None);
        fs::write(mine.start.join("main.rs"), "edited").unwrap();
        assert_eq!(mine.changed_start(), Some(mine.start.clone()));
    }

    #[test]
    fn done_is_what_passed_last() {
        let (_root, mine) = exercise();
        mine.start().unwrap();
        mine.mark(true).unwrap();
        assert_eq!(mine.state(), State::Done);
        mine.mark(false).unwrap();
        assert_eq!(mine.state(), State::Started);
    }

    #[test]
    fn hints_come_one_at_a_time() {
        let (_root, mine) = exercise();
        mine.start().unwrap();
        let asked: Vec<_> = (0..3).map(|_| mine.hints(2).unwrap()).collect();
        assert_eq!(asked, [1, 2, 2]);
    }
}
