// SPDX-License-Identifier: MIT OR Apache-2.0

//! All that a request may need.

use std::net::SocketAddr;
use std::thread;

use anyhow::Result;
use lab::{ServeArguments, exercises, workspace};
use tokio::sync::watch;

use crate::access::{self, Access};
use crate::book::Book;
use crate::images::Images;
use crate::origin::Origin;
use crate::queue::Queue;
use crate::seats::Seats;
use crate::secret::Secret;
use crate::state::State;

/// How many terminals can be open. A guest that nobody types into takes some memory, and little time.
const TERMINALS: usize = 64;

/// One server.
pub struct Live {
    /// Who may ask.
    pub access: Access,
    /// What everybody may read.
    pub book: Book,
    /// Who reads it.
    pub seats: Seats,
    /// What the link carries by which seats join; nobody joins without a workshop.
    pub code: Secret,
    /// Whether there is a workshop.
    pub is_workshop: bool,
    /// What guests start from.
    pub images: Images,
    /// Who waits for a guest.
    pub guests: Queue,
    /// Whose terminals are open.
    pub terminals: Queue,
    /// Who waits for a compiler.
    pub builds: Queue,
    /// Whether the server goes on.
    goes_on: watch::Sender<bool>,
    /// Held for as long as it does.
    _state: State,
}

impl Live {
    /// Builds the book, and finds the seats that there were.
    pub fn new(args: &ServeArguments, address: SocketAddr) -> Result<Self> {
        let folder = (args.state.clone()).unwrap_or_else(|| workspace::target().join("live"));
        let state = State::take(&folder)?;
        // `cargo lab exercise` knows of those in the checkout.
        let shared = args
            .state
            .is_none()
            .then(|| exercises::folder().join("mine"));
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        Ok(Live {
            access: Access::new(address, args)?,
            book: Book::new(&folder)?,
            seats: Seats::open(&folder.join("seats"), shared)?,
            code: match &args.code {
                Some(code) => Secret::given(code)?,
                None => Secret::kept(&folder.join("code"))?,
            },
            is_workshop: args.workshop,
            images: Images::default(),
            guests: Queue::new(cpus),
            terminals: Queue::new(TERMINALS),
            builds: Queue::new(cpus.div_ceil(2)),
            goes_on: watch::Sender::new(true),
            _state: state,
        })
    }

    /// Where its owner reads the book.
    pub fn link(&self) -> String {
        let page = if self.is_workshop { "/teacher" } else { "/" };
        access::link(self, page, self.seats.owner())
    }

    /// Where seats join.
    pub fn invitation(&self) -> String {
        self.join_at(self.access.hall().unwrap_or(self.access.origin()))
    }

    /// The same at one of its addresses.
    pub fn join_at(&self, origin: &Origin) -> String {
        format!("{origin}/join?code={}", self.code.tell())
    }

    /// Where seats wait.
    pub fn queues(&self) -> [&Queue; 3] {
        [&self.guests, &self.builds, &self.terminals]
    }

    /// Takes notice of an edit of the checkout.
    pub fn checkout_changed(&self) {
        self.images.forget();
        if let Err(error) = self.book.build_again() {
            eprintln!("cargo lab: the book stays as it was: {error:#}");
        }
        // Where that fails, the reader will be told.
        let _ = self.images.prepare();
    }

    /// Ends what would go on for as long as a page is open.
    pub fn end(&self) {
        self.goes_on.send_replace(false);
    }

    /// Kept by whoever has something to say then.
    pub fn last_word(&self) -> watch::Receiver<bool> {
        self.goes_on.subscribe()
    }

    /// Waits until all have said it.
    pub async fn all_is_said(&self) {
        self.goes_on.closed().await;
    }

    /// Waits for the end.
    pub async fn ended(&self) {
        // It fails where there is no server any more.
        let _ = self.goes_on.subscribe().wait_for(|goes_on| !goes_on).await;
    }
}
