// SPDX-License-Identifier: MIT OR Apache-2.0

//! Seats: the readers of the book, each with their own files.
//!
//! A seat is a folder; no part of it is only in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, ensure};
use lab::disk;
use lab::exercises::{Exercise, Mine};
use serde::{Deserialize, Serialize};

use crate::progress::Progress;
use crate::queue::{self, Queue};
use crate::secret::Secret;
use crate::sentence::sentence;

/// The files in a seat's folder: its identity, and its progress in the course.
const DESCRIPTION: &str = "seat.json";
const PROGRESS: &str = "progress.json";

/// The seat of the user who started the server.
const OWNER: &str = "owner";

/// The maximum length of a name, in characters.
const LONGEST: usize = 40;

/// The maximum number of seats. A larger room needs several servers.
const MOST: usize = 200;

/// One reader.
pub struct Seat {
    /// The name of its folder.
    pub id: String,
    /// The folder with everything that belongs to it.
    pub folder: PathBuf,
    /// Its progress in the course.
    pub progress: Progress,
    /// The queue for builds of its changes, which share a folder.
    pub building: Queue,
    /// Held by each of its requests, and so counts them.
    pub requests: Arc<()>,
    /// The folder of its exercises.
    exercises: PathBuf,
    description: Description,
}

#[derive(Serialize, Deserialize)]
struct Description {
    /// The name that the reader has chosen.
    name: String,
    /// The secret in its link and its cookie.
    secret: Secret,
}

/// All seats.
pub struct Seats {
    folder: PathBuf,
    owner: Arc<Seat>,
    /// The others, in the order of joining.
    others: Mutex<Vec<Arc<Seat>>>,
}

impl Seats {
    /// Opens the seats in a folder, and creates the owner's if it does not exist.
    ///
    /// The owner's exercises are in `exercises`, if that is given.
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

    /// Returns the seat of the user who started the server.
    pub fn owner(&self) -> &Seat {
        &self.owner
    }

    /// Returns whether it is the owner's.
    pub fn is_owner(&self, seat: &Seat) -> bool {
        seat.id == self.owner.id
    }

    /// Returns all seats except the owner's.
    pub fn others(&self) -> Vec<Arc<Seat>> {
        self.locked().clone()
    }

    /// Returns the seat with this secret.
    pub fn with_secret(&self, told: &str) -> Option<Arc<Seat>> {
        let others = self.locked();
        let mut all = [&self.owner].into_iter().chain(&*others);
        let seat = all.find(|seat| seat.description.secret.is(told));
        seat.cloned()
    }

    /// Creates a seat. Fails with an explanation if the name is not acceptable.
    pub fn join(&self, name: &str) -> Result<Arc<Seat>> {
        let name = name.trim();
        ensure!(!name.is_empty(), sentence!("A name is needed."));
        let length = name.chars().count();
        ensure!(
            length <= LONGEST,
            sentence!("The name is too long: {0} characters at most.", LONGEST)
        );
        let is_plain = !name.chars().any(char::is_control);
        ensure!(
            is_plain,
            sentence!("There is a character in the name that cannot be shown.")
        );
        let mut others = self.locked();
        ensure!(
            others.len() < MOST,
            sentence!("All {0} seats are taken: tell the teacher.", MOST)
        );
        let is_taken = others.iter().any(|seat| seat.name() == name);
        ensure!(!is_taken, sentence!("This name is taken: choose another."));
        // The folder of an earlier seat may have been removed.
        let last = others.iter().filter_map(|seat| seat.id.parse().ok()).max();
        let id = format!("{:03}", last.unwrap_or(0) + 1);
        let seat = Arc::new(Seat::new(&self.folder.join(id), name)?);
        others.push(Arc::clone(&seat));
        Ok(seat)
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Arc<Seat>>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Creates a seat in this folder.
    fn new(folder: &Path, name: &str) -> Result<Self> {
        let description = Description {
            name: name.to_owned(),
            secret: Secret::new()?,
        };
        let text = serde_json::to_string(&description)?;
        disk::write(&folder.join(DESCRIPTION), &text)?;
        Seat::open(folder)
    }

    /// Opens the seat in this folder.
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(DESCRIPTION);
        let open = || -> Result<_> { Ok(serde_json::from_slice(&fs::read(&path)?)?) };
        let id = folder.file_name().unwrap_or_default();
        Ok(Seat {
            id: id.to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            progress: Progress::open(&folder.join(PROGRESS)),
            building: Queue::new(1, queue::MOST),
            requests: Arc::default(),
            exercises: folder.join("exercises"),
            description: open().with_context(|| path.display().to_string())?,
        })
    }

    /// Returns its reader's name.
    pub fn name(&self) -> &str {
        &self.description.name
    }

    /// Returns the folder for the builds of its changes.
    pub fn build(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Returns its copy of an exercise.
    pub fn exercise(&self, exercise: &Exercise) -> Mine {
        Mine::within(&self.exercises, exercise)
    }

    /// Returns the secret in its link and its cookie.
    pub fn secret(&self) -> &Secret {
        &self.description.secret
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
    fn no_seat_gets_the_folder_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let join = |name| {
            let seats = Seats::open(folder.path(), None).unwrap();
            seats.join(name).unwrap().id.clone()
        };
        let (_first, second) = (join("Ada"), join("Bob"));
        let third = join("Eve");
        fs::remove_dir_all(folder.path().join(second)).unwrap();
        assert_ne!(join("Zoe"), third);
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
