// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guests in which trials run.
//!
//! What a trial prints and counts is recorded in a fresh guest. Tests reuse guests: most take less
//! time than the start of a guest, and what one leaves behind is an error that another may find.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::guest::{Guest, Options};
use crate::image::{GuestFile, Image};

/// The time limit of a command. The longest, which sets all memory slots of three VMs, takes up to two
/// minutes on a busy machine with two cores.
const LIMIT: Duration = Duration::from_secs(300);

/// Guests with one module loaded.
pub struct Guests {
    image: Arc<Image>,
    options: Options,
    module: String,
    /// The guests that wait for another trial, if they are reused.
    idle: Option<Mutex<Vec<Guest>>>,
}

impl Guests {
    /// Returns guests with `files` in addition to the image's. `module` is a path in the guest.
    pub fn new(image: &Arc<Image>, files: Vec<GuestFile>, module: &str) -> Self {
        let options = Options {
            files,
            // With two CPUs, races can happen.
            cpus: Some(2),
            timeout: Some(LIMIT * image.slowness),
            ..Options::default()
        };
        Guests::with_options(image, options, module)
    }

    /// Does the same with other options.
    pub fn with_options(image: &Arc<Image>, options: Options, module: &str) -> Self {
        Guests {
            image: Arc::clone(image),
            options,
            module: module.to_owned(),
            idle: None,
        }
    }

    /// Does the same, but a guest is used again as long as it answers. Threads that run trials at the
    /// same time have a guest each.
    pub fn reused(self) -> Self {
        Guests {
            idle: Some(Mutex::default()),
            ..self
        }
    }

    /// Calls `work` with a guest.
    pub fn with<T>(&self, work: impl FnOnce(&mut Guest) -> Result<T>) -> Result<T> {
        let mut guest = match self.idle().and_then(|mut idle| idle.pop()) {
            Some(guest) => guest,
            None => self.start()?,
        };
        // After an error the state of the guest is unknown, so it is dropped.
        let result = work(&mut guest)?;
        if let Some(mut idle) = self.idle() {
            idle.push(guest);
        }
        Ok(result)
    }

    fn idle(&self) -> Option<MutexGuard<'_, Vec<Guest>>> {
        let idle = self.idle.as_ref()?;
        Some(idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn start(&self) -> Result<Guest> {
        let mut guest = Guest::start(&self.image, &self.options)?;
        guest.load_module(&self.module)?;
        Ok(guest)
    }
}
