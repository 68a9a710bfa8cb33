// SPDX-License-Identifier: MIT OR Apache-2.0

//! A page that waits for work, as whoever does the work sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, anyhow};
use axum::extract::ws::Message;
use tokio::sync::mpsc;

use crate::events::Event;
use crate::queue::Patience;

/// How much may be under way to a page. Who writes more waits.
const UNDER_WAY: usize = 16;

/// A page, for as long as work is done for it.
pub struct Page {
    to: mpsc::Sender<Message>,
    presence: Presence,
}

/// Whether a page is still there.
#[derive(Clone, Default)]
pub struct Presence(Arc<Mutex<Left>>);

#[derive(Default)]
struct Left {
    has_left: bool,
    /// What to do then.
    ends: Vec<Box<dyn FnOnce() + Send>>,
}

impl Page {
    /// A page, and what it is to hear, which ends with it.
    pub fn new() -> (Self, mpsc::Receiver<Message>) {
        let (to, messages) = mpsc::channel(UNDER_WAY);
        let presence = Presence::default();
        (Page { to, presence }, messages)
    }

    /// Tells it something, as soon as it can hear it. Fails where it has left.
    pub fn tell(&self, event: Event) -> Result<()> {
        self.send(event.message())
    }

    /// Sends it a message as it is.
    pub fn send(&self, message: Message) -> Result<()> {
        self.to
            .blocking_send(message)
            .map_err(|_| anyhow!("the page has left"))
    }

    /// To tell it that the page has left.
    pub fn presence(&self) -> Presence {
        self.presence.clone()
    }

    /// Whether it is not there any more.
    pub fn has_left(&self) -> bool {
        self.presence.left().has_left
    }

    /// Does something when it leaves; at once, if it has.
    pub fn when_left(&self, end: impl FnOnce() + Send + 'static) {
        let mut left = self.presence.left();
        match left.has_left {
            false => left.ends.push(Box::new(end)),
            true => end(),
        }
    }
}

impl Presence {
    /// Nobody waits for the work any more.
    pub fn leave(&self) {
        let mut left = self.left();
        left.has_left = true;
        let ends = std::mem::take(&mut left.ends);
        ends.into_iter().for_each(|end| end());
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Patience for Page {
    fn hear(&self, place: usize) {
        // Where it is slow to hear, it will hear of a later place.
        let _ = self.to.try_send(Event::Queued { place }.message());
    }

    fn is_over(&self) -> bool {
        self.presence.left().has_left
    }
}
