// SPDX-License-Identifier: MIT OR Apache-2.0

//! What guests start from: built from the checkout once, and again when that has changed.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use lab::build::{self, Configuration};
use lab::guest::{Guest, Options};
use lab::image::Image;

/// The image of the checkout as it is.
#[derive(Default)]
pub struct Images {
    /// None where something has changed.
    current: Mutex<Option<Arc<Image>>>,
}

impl Images {
    /// The image. Who asks while it is built waits.
    pub fn get(&self) -> Result<Arc<Image>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(image) = &*current {
            return Ok(Arc::clone(image));
        }
        let image = Arc::new(build::image(Configuration::Lab)?);
        // So that the first who wants a guest need not wait for a boot.
        Guest::take_snapshot(&image, &Options::default());
        *current = Some(Arc::clone(&image));
        Ok(image)
    }

    /// The checkout has changed.
    pub fn forget(&self) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
