// SPDX-License-Identifier: MIT OR Apache-2.0

//! Images for guests, and parts for builds: built from the checkout once, and again after a change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use lab::build::{self, Configuration};
use lab::comparisons::watched::How;
use lab::exercises::CPUS;
use lab::guest::{Guest, Options};
use lab::image::Image;

use crate::build::{Grading, Workshop};
use crate::events::Event;
use crate::page::Page;
use crate::sentence::{Sentence, sentence};

/// Everything that is built from the unchanged checkout.
#[derive(Default)]
pub struct Images {
    /// None after a change of the checkout.
    image: Mutex<Option<Arc<Image>>>,
    workshop: Mutex<Option<Arc<Workshop>>>,
    grading: Mutex<Option<Arc<Grading>>>,
}

impl Images {
    /// Builds everything that the first reader will need.
    pub fn prepare(&self) -> Result<()> {
        self.image()?;
        self.workshop()?;
        self.grading()?;
        Ok(())
    }

    /// Builds everything that any reader may need.
    pub fn prepare_all(&self) -> Result<()> {
        self.prepare()?;
        [How::Traced, How::Counted, How::Debugged]
            .into_iter()
            .try_for_each(|how| self.prepare_to_watch(how))
    }

    /// Builds the parts for watching a command. For gdb that takes minutes, once.
    pub fn prepare_to_watch(&self, how: How) -> Result<()> {
        self.image()?;
        match how {
            How::Traced => drop(build::traceable(Configuration::Lab)?),
            How::Counted => {}
            How::Debugged => {
                build::debuggable(Configuration::Lab)?;
                build::debug_info(Configuration::Lab)?;
            }
        }
        Ok(())
    }

    /// Returns the image that guests start from.
    pub fn image(&self) -> Result<Arc<Image>> {
        kept(&self.image, || {
            let image = build::image(Configuration::Lab)?;
            // Boots once in advance, so that the first user of a guest need not wait for that.
            for cpus in [None, Some(CPUS)] {
                let options = Options {
                    cpus,
                    ..Options::default()
                };
                Guest::take_snapshot(&image, &options);
            }
            Ok(image)
        })
    }

    /// Returns the parts for a seat's builds.
    pub fn workshop(&self) -> Result<Arc<Workshop>> {
        kept(&self.workshop, || {
            let (kernel, toolchain) = build::kernel(Configuration::Lab)?;
            Ok(Workshop {
                kernel,
                toolchain,
                libraries: build::libraries()?,
            })
        })
    }

    /// Returns the image for a page, which is told if it must wait. No turn for a guest may be held meanwhile.
    pub fn image_for(&self, page: &Page) -> Result<Arc<Image>> {
        let what = sentence!("what guests start from; the first time, this takes some minutes");
        say_if_missing(&self.image, what, page)?;
        self.image()
    }

    /// Returns the additional parts for exercises, for a page, which is told if it must wait.
    pub fn grading_for(&self, page: &Page) -> Result<Arc<Grading>> {
        let what = sentence!("the checks; the first time, this takes some minutes");
        say_if_missing(&self.grading, what, page)?;
        self.grading()
    }

    /// Returns the additional parts for exercises.
    pub fn grading(&self) -> Result<Arc<Grading>> {
        kept(&self.grading, || {
            Ok(Grading {
                libraries: build::exercise::libraries()?,
                checks: build::checks()?,
            })
        })
    }

    /// Drops everything after a change of the checkout.
    pub fn forget(&self) {
        *locked(&self.image) = None;
        *locked(&self.workshop) = None;
        *locked(&self.grading) = None;
    }
}

/// Returns the kept value, or makes it. Other callers wait while it is made.
fn kept<T>(place: &Mutex<Option<Arc<T>>>, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
    let mut place = locked(place);
    if let Some(kept) = &*place {
        return Ok(Arc::clone(kept));
    }
    let made = Arc::new(make()?);
    *place = Some(Arc::clone(&made));
    Ok(made)
}

/// Tells the page that something is not built yet, so it must wait.
fn say_if_missing<T>(place: &Mutex<Option<T>>, what: Sentence, page: &Page) -> Result<()> {
    // The lock is held while it is built.
    if place.try_lock().is_ok_and(|place| place.is_some()) {
        return Ok(());
    }
    let what = page.say(&what);
    page.tell(Event::Building { what })
}

fn locked<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}
