// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that trials share: booted by the first, and again after one that ended it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use crate::guest::{Guest, Options, UNATTENDED};
use crate::image::{GuestFile, Image};

/// A guest with one module loaded.
pub struct SharedGuest {
    image: Arc<Image>,
    options: Options,
    module: String,
    guest: Mutex<Option<Guest>>,
}

impl SharedGuest {
    /// A guest that will be booted when it is first needed, with `files` beside those of the
    /// image. `module` is a path in the guest.
    pub fn new(image: &Arc<Image>, files: &[GuestFile], module: &str) -> Arc<SharedGuest> {
        let options = Options {
            files: files.to_vec(),
            // So that what must not race could.
            cpus: Some(2),
            timeout: Some(UNATTENDED * image.slowness),
            ..Options::default()
        };
        SharedGuest::with_options(image, options, module)
    }

    /// The same, with options of its own.
    pub fn with_options(image: &Arc<Image>, options: Options, module: &str) -> Arc<SharedGuest> {
        Arc::new(SharedGuest {
            image: Arc::clone(image),
            options,
            module: module.to_owned(),
            guest: Mutex::new(None),
        })
    }

    /// Gives the guest to `work`. After an error there is no telling what state the guest is in,
    /// so the next caller gets another.
    pub fn with<T>(&self, work: impl FnOnce(&mut Guest) -> Result<T>) -> Result<T> {
        let mut slot = self.guest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guest = match slot.take() {
            Some(guest) => guest,
            None => self.boot()?,
        };
        let result = work(&mut guest)?;
        *slot = Some(guest);
        Ok(result)
    }

    fn boot(&self) -> Result<Guest> {
        let mut guest = Guest::start(&self.image, &self.options)?;
        guest.load_module(&self.module)?;
        Ok(guest)
    }
}
