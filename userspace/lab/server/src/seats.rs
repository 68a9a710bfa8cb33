// SPDX-License-Identifier: MIT OR Apache-2.0

//! Seats: who reads the book, each with files of their own.
//!
//! A seat is a folder, and nothing of it is only in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, ensure};
use lab::disk;
use lab::exercises::{Exercise, Mine};
use serde::{Deserialize, Serialize};

use crate::progress::Progress;
use crate::secret::Secret;

/// In a seat's folder: who it is, and where it is in the course.
const DESCRIPTION: &str = "seat.json";
const PROGRESS: &str = "progress.json";

/// The seat of who started the server.
const OWNER: &str = "owner";

/// How long a name may be, in characters.
const LONGEST: usize = 40;

/// How many seats there can be. A larger room has several servers.
const MOST: usize = 200;

/// One reader.
pub struct Seat {
    /// The name of its folder.
    pub id: String,
    /// All that belongs to it.
    pub folder: PathBuf,
    /// Where it is in the course.
    pub progress: Progress,
    /// Held by who builds what it has changed.
    pub building: Mutex<()>,
    /// Where it does the exercises.
    exercises: PathBuf,
    description: Description,
}

#[derive(Serialize, Deserialize)]
struct Description {
    /// As the reader has given it.
    name: String,
    /// What its link and its cookie carry.
    secret: Secret,
}

/// All seats.
pub struct Seats {
    folder: PathBuf,
    owner: Arc<Seat>,
    /// The others, in the order in which they came.
    others: Mutex<Vec<Arc<Seat>>>,
}

impl Seats {
    /// Those in a folder, where the owner's at least will be.
    ///
    /// The owner's exercises are in a folder of their own, if one is named.
    pub fn open(folder: &Path, exercises: Option<PathBuf>) -> Result<Self> {
        let own = folder.join(OWNER);
        let mut owner = match own.join(DESCRIPTION).exists() {
            true => Seat::open(&own)?,
            false => Seat::new(&own, OWNER)?,
        };
        if let Some(exercises) = exercises {
            owner.exercises = exercises;
        }
        let mut others = Vec::new();
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path != own && path.join(DESCRIPTION).exists() {
                others.push(Arc::new(Seat::open(&path)?));
            }
        }
        others.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Seats {
            folder: folder.to_owned(),
            owner: Arc::new(owner),
            others: Mutex::new(others),
        })
    }

    /// The seat of who started the server.
    pub fn owner(&self) -> &Seat {
        &self.owner
    }

    /// Whether it is the owner's.
    pub fn is_owner(&self, seat: &Seat) -> bool {
        seat.id == self.owner.id
    }

    /// All but the owner's.
    pub fn others(&self) -> Vec<Arc<Seat>> {
        self.locked().clone()
    }

    /// The seat whose secret this is.
    pub fn with_secret(&self, told: &str) -> Option<Arc<Seat>> {
        let others = self.locked();
        let mut all = [&self.owner].into_iter().chain(&*others);
        let seat = all.find(|seat| seat.description.secret.is(told));
        seat.cloned()
    }

    /// A new seat for somebody. Fails, with what to do, where the name will not do.
    pub fn join(&self, name: &str) -> Result<Arc<Seat>> {
        let name = name.trim();
        ensure!(!name.is_empty(), "A name is needed.");
        let length = name.chars().count();
        ensure!(
            length <= LONGEST,
            "The name is too long: {LONGEST} characters at most."
        );
        let is_plain = !name.chars().any(char::is_control);
        ensure!(
            is_plain,
            "There is a character in the name that cannot be shown."
        );
        let mut others = self.locked();
        ensure!(
            others.len() < MOST,
            "All {MOST} seats are taken: tell the teacher."
        );
        let is_taken = others.iter().any(|seat| seat.name() == name);
        ensure!(!is_taken, "Somebody has this name: choose another.");
        let id = format!("{:03}", others.len() + 1);
        let seat = Arc::new(Seat::new(&self.folder.join(id), name)?);
        others.push(Arc::clone(&seat));
        Ok(seat)
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Arc<Seat>>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// A new one in this folder.
    fn new(folder: &Path, name: &str) -> Result<Self> {
        let description = Description {
            name: name.to_owned(),
            secret: Secret::new()?,
        };
        let text = serde_json::to_string(&description)?;
        disk::write(&folder.join(DESCRIPTION), &text)?;
        Seat::open(folder)
    }

    /// The one in this folder.
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(DESCRIPTION);
        let open = || -> Result<_> { Ok(serde_json::from_slice(&fs::read(&path)?)?) };
        let id = folder.file_name().unwrap_or_default();
        Ok(Seat {
            id: id.to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            progress: Progress::open(&folder.join(PROGRESS)),
            building: Mutex::default(),
            exercises: folder.join("exercises"),
            description: open().with_context(|| path.display().to_string())?,
        })
    }

    /// What its reader is called.
    pub fn name(&self) -> &str {
        &self.description.name
    }

    /// The folder in which its changes are built.
    pub fn build(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Its copy of an exercise.
    pub fn exercise(&self, exercise: &Exercise) -> Mine {
        Mine::within(&self.exercises, exercise)
    }

    /// What its link and its cookie carry.
    pub fn secret(&self) -> &Secret {
        &self.description.secret
    }
}

#[cfg(test)]
mod tests {
    use super::Seats;

    #[test]
    fn a_name_that_will_not_do_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let seats = Seats::open(folder.path(), None).unwrap();
        seats.join("Ada <b>").unwrap();
        for name in ["", "  ", " Ada <b> ", "a\nb", &"a".repeat(41)] {
            assert!(seats.join(name).is_err(), "{name}");
        }
        assert_eq!(seats.others().len(), 1);
    }

    #[test]
    fn a_seat_is_there_again_with_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        let secret = {
            let seats = Seats::open(folder.path(), None).unwrap();
            let seat = seats.join("Ada").unwrap();
            seat.progress.read("kvm-run");
            seat.secret().tell().to_owned()
        };
        let seats = Seats::open(folder.path(), None).unwrap();
        let seat = seats.with_secret(&secret).unwrap();
        assert_eq!(seat.name(), "Ada");
        assert_eq!(seat.progress.known().chapter.as_deref(), Some("kvm-run"));
        assert!(!seats.is_owner(&seat));
    }
}
