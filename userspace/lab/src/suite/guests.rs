// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guests that trials run in: a fresh one for each, so that whatever a test leaves behind, and even
//! a crash, is no other test's.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use crate::guest::{Guest, Options, UNATTENDED};
use crate::image::{GuestFile, Image};

/// Guests with one module loaded.
pub struct Guests {
    image: Arc<Image>,
    options: Options,
    module: String,
    /// The one that they share, if they do.
    shared: Option<Mutex<Option<Guest>>>,
}

impl Guests {
    /// Guests with `files` beside those of the image. `module` is a path in the guest.
    pub fn new(image: &Arc<Image>, files: Vec<GuestFile>, module: &str) -> Self {
        let options = Options {
            files,
            // So that what must not race could.
            cpus: Some(2),
            timeout: Some(UNATTENDED * image.slowness),
            ..Options::default()
        };
        Guests::with_options(image, options, module)
    }

    /// The same, with options of their own.
    pub fn with_options(image: &Arc<Image>, options: Options, module: &str) -> Self {
        Guests {
            image: Arc::clone(image),
            options,
            module: module.to_owned(),
            shared: None,
        }
    }

    /// The same, but all trials run in one guest, as long as none ends it.
    pub fn shared(self) -> Self {
        Guests {
            shared: Some(Mutex::default()),
            ..self
        }
    }

    /// Gives a guest to `work`.
    pub fn with<T>(&self, work: impl FnOnce(&mut Guest) -> Result<T>) -> Result<T> {
        let Some(shared) = &self.shared else {
            return work(&mut self.start()?);
        };
        let mut slot = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guest = match slot.take() {
            Some(guest) => guest,
            None => self.start()?,
        };
        // After an error there is no telling what state the guest is in.
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
