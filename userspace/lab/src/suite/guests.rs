// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guests in which trials run: a fresh one for each, so that nothing that a test leaves behind, not
//! even a crash, affects another test.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use crate::guest::{Guest, Options, UNATTENDED};
use crate::image::{GuestFile, Image};

/// Guests with one module loaded.
pub struct Guests {
    image: Arc<Image>,
    options: Options,
    module: String,
    /// The guest that they share, if they do.
    shared: Option<Mutex<Option<Guest>>>,
}

impl Guests {
    /// Returns guests with `files` in addition to the image's. `module` is a path in the guest.
    pub fn new(image: &Arc<Image>, files: Vec<GuestFile>, module: &str) -> Self {
        let options = Options {
            files,
            // With two CPUs, races can happen.
            cpus: Some(2),
            timeout: Some(UNATTENDED * image.slowness),
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
            shared: None,
        }
    }

    /// Does the same, but all trials run in one guest, as long as none ends it.
    pub fn shared(self) -> Self {
        Guests {
            shared: Some(Mutex::default()),
            ..self
        }
    }

    /// Calls `work` with a guest.
    pub fn with<T>(&self, work: impl FnOnce(&mut Guest) -> Result<T>) -> Result<T> {
        let Some(shared) = &self.shared else {
            return work(&mut self.start()?);
        };
        let mut slot = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guest = match slot.take() {
            Some(guest) => guest,
            None => self.start()?,
        };
        // After an error the state of the guest is unknown, so it is dropped.
        let result = work(&mut guest)?;
        *slot = Some(guest);
        Ok(result)
    }

    fn start(&self) -> Result<Guest> {
        let mut guest = Guest::start(&self.image, &self.options)?;
        guest.load_module(&self.module)?;
        Ok(guest)
    }
}
