// SPDX-License-Identifier: MIT OR Apache-2.0

//! Seats: who reads the book, each with files of their own.
//!
//! A seat is a folder, and nothing of it is only in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use lab::exercises::{Exercise, Mine};
use serde::{Deserialize, Serialize};

use crate::disk;
use crate::secret::Secret;

/// In a seat's folder: what is known of it.
const DESCRIPTION: &str = "seat.json";

/// The seat of who started the server.
const OWNER: &str = "owner";

/// One reader.
pub struct Seat {
    /// The name of its folder.
    pub id: String,
    /// All that belongs to it.
    pub folder: PathBuf,
    /// Where it does the exercises.
    exercises: PathBuf,
    /// Held by who builds what it has changed.
    pub building: Mutex<()>,
    description: Description,
}

#[derive(Serialize, Deserialize)]
struct Description {
    secret: Secret,
}

/// All seats.
pub struct Seats {
    owner: Arc<Seat>,
}

impl Seats {
    /// Those in a folder, where the owner's at least will be.
    ///
    /// The owner's exercises are in a folder of their own, if one is named.
    pub fn open(folder: &Path, exercises: Option<PathBuf>) -> Result<Self> {
        let mut owner = Seat::open(&folder.join(OWNER))?;
        if let Some(exercises) = exercises {
            owner.exercises = exercises;
        }
        let owner = Arc::new(owner);
        Ok(Seats { owner })
    }

    /// The seat of who started the server.
    pub fn owner(&self) -> &Seat {
        &self.owner
    }

    /// The seat whose secret this is.
    pub fn with_secret(&self, told: &str) -> Option<Arc<Seat>> {
        let is_it = self.owner.description.secret.is(told);
        is_it.then(|| Arc::clone(&self.owner))
    }
}

impl Seat {
    /// The one in this folder, or a new one.
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(DESCRIPTION);
        let description = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).with_context(|| path.display().to_string())?,
            Err(_) => {
                let new = Description {
                    secret: Secret::new()?,
                };
                disk::write(&path, &serde_json::to_string(&new)?)?;
                new
            }
        };
        let id = folder.file_name().unwrap_or_default();
        Ok(Seat {
            id: id.to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            exercises: folder.join("exercises"),
            building: Mutex::default(),
            description,
        })
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
