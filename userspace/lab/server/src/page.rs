// SPDX-License-Identifier: MIT OR Apache-2.0

//! A page that waits for work, as the worker sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Error, Result, anyhow};
use axum::extract::ws::Message;
use tokio::sync::mpsc;
use translation::catalog::Catalog;

use crate::events::Event;
use crate::queue::Patience;
use crate::refusal;
use crate::sentence::Sentence;

/// The maximum number of messages on their way to a page. A worker that sends more waits.
const UNDER_WAY: usize = 16;

/// A page, for as long as work is done for it.
pub struct Page {
    to: mpsc::Sender<Message>,
    /// The translations into its language.
    catalog: Option<Arc<Catalog>>,
    presence: Presence,
}

/// Whether a page is still there.
#[derive(Clone, Default)]
pub struct Presence(Arc<Mutex<Left>>);

#[derive(Default)]
struct Left {
    has_left: bool,
    /// Callbacks for that moment.
    ends: Vec<Box<dyn FnOnce() + Send>>,
}

impl Page {
    /// Returns a page in the language of a catalog, and the receiver of its messages, which ends with the page.
    pub fn new(catalog: Option<Arc<Catalog>>) -> (Self, mpsc::Receiver<Message>) {
        let (to, messages) = mpsc::channel(UNDER_WAY);
        let presence = Presence::default();
        let page = Page {
            to,
            catalog,
            presence,
        };
        (page, messages)
    }

    /// Sends an event, as soon as the page can take it. Fails if the page has left.
    pub fn tell(&self, event: Event) -> Result<()> {
        self.send(event.message())
    }

    /// Returns a sentence in its language.
    pub fn say(&self, sentence: &Sentence) -> String {
        sentence.text(self.catalog.as_deref())
    }

    /// Returns an error in one line, in its language.
    pub fn line(&self, error: &Error) -> String {
        refusal::line(error, self.catalog.as_deref())
    }

    /// Sends a message unchanged.
    pub fn send(&self, message: Message) -> Result<()> {
        self.to
            .blocking_send(message)
            .map_err(|_| anyhow!("the page has left"))
    }

    /// Returns a handle that marks the page as gone.
    pub fn presence(&self) -> Presence {
        self.presence.clone()
    }

    /// Returns whether the page has left.
    pub fn has_left(&self) -> bool {
        self.presence.left().has_left
    }

    /// Runs `end` when the page leaves, or at once if it has left.
    pub fn when_left(&self, end: impl FnOnce() + Send + 'static) {
        let mut left = self.presence.left();
        match left.has_left {
            false => left.ends.push(Box::new(end)),
            true => end(),
        }
    }
}

impl Presence {
    /// Marks the page as gone, and runs its callbacks.
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
        // A slow page will get a later place instead.
        let _ = self.to.try_send(Event::Queued { place }.message());
    }

    fn is_over(&self) -> bool {
        self.presence.left().has_left
    }
}
