// SPDX-License-Identifier: MIT OR Apache-2.0

//! What guests start from, and what seats build with: made from the checkout once, and again when that has changed.

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

/// What is built from the checkout as it is.
#[derive(Default)]
pub struct Images {
    /// None where something has changed.
    image: Mutex<Option<Arc<Image>>>,
    workshop: Mutex<Option<Arc<Workshop>>>,
    grading: Mutex<Option<Arc<Grading>>>,
}

impl Images {
    /// Has ready what the first reader will ask for.
    pub fn prepare(&self) -> Result<()> {
        self.image()?;
        self.workshop()?;
        self.grading()?;
        Ok(())
    }

    /// Has ready what any reader may ask for.
    pub fn prepare_all(&self) -> Result<()> {
        self.prepare()?;
        [How::Traced, How::Counted, How::Debugged]
            .into_iter()
            .try_for_each(|how| self.prepare_to_watch(how))
    }

    /// Has ready what a command is watched with. For gdb that takes minutes, once.
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

    /// What guests start from.
    pub fn image(&self) -> Result<Arc<Image>> {
        kept(&self.image, || {
            let image = build::image(Configuration::Lab)?;
            // So that the first who wants a guest need not wait for a boot.
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

    /// What seats build with.
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

    /// What guests start from, for a page, which hears if it must wait for that. No turn for a guest is held meanwhile.
    pub fn image_for(&self, page: &Page) -> Result<Arc<Image>> {
        say_if_missing(&self.image, "what guests start from", page)?;
        self.image()
    }

    /// What exercises need besides, for a page in the same way.
    pub fn grading_for(&self, page: &Page) -> Result<Arc<Grading>> {
        say_if_missing(&self.grading, "the checks", page)?;
        self.grading()
    }

    /// What exercises need besides.
    pub fn grading(&self) -> Result<Arc<Grading>> {
        kept(&self.grading, || {
            Ok(Grading {
                libraries: build::exercise::libraries()?,
                checks: build::checks()?,
            })
        })
    }

    /// The checkout has changed.
    pub fn forget(&self) {
        *locked(&self.image) = None;
        *locked(&self.workshop) = None;
        *locked(&self.grading) = None;
    }
}

/// What is kept, or made. Who asks while it is made waits.
fn kept<T>(place: &Mutex<Option<Arc<T>>>, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
    let mut place = locked(place);
    if let Some(kept) = &*place {
        return Ok(Arc::clone(kept));
    }
    let made = Arc::new(make()?);
    *place = Some(Arc::clone(&made));
    Ok(made)
}

/// Tells the page what it waits for, if that is not made yet.
fn say_if_missing<T>(place: &Mutex<Option<T>>, what: &str, page: &Page) -> Result<()> {
    // Whoever makes it holds the lock.
    if place.try_lock().is_ok_and(|place| place.is_some()) {
        return Ok(());
    }
    let what = format!("{what}; the first time, this takes some minutes");
    page.tell(Event::Building { what })
}

fn locked<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}
