// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shared state of all requests.

use std::net::SocketAddr;
use std::thread;

use anyhow::Result;
use lab::{ServeArguments, exercises, workspace};
use tokio::sync::watch;

use crate::access::{self, Access};
use crate::book::Book;
use crate::images::Images;
use crate::origin::Origin;
use crate::queue::{self, Queue};
use crate::seats::Seats;
use crate::secret::Secret;
use crate::state::State;
use crate::terminal;

/// The maximum number of open terminals. An idle guest needs some memory, but little CPU time.
const TERMINALS: usize = 64;

/// While one of these exists, the server waits with its end, up to a limit.
pub type LastWord = watch::Receiver<bool>;

/// One server.
pub struct Live {
    /// The access rules.
    pub access: Access,
    /// The book, which everybody may read.
    pub book: Book,
    /// The readers.
    pub seats: Seats,
    /// The code in the link by which seats join; without a workshop nobody joins.
    pub code: Secret,
    /// Whether this is a workshop.
    pub is_workshop: bool,
    /// The images that guests start from.
    pub images: Images,
    /// The queue for guests.
    pub guests: Queue,
    /// The queue for terminals.
    pub terminals: Queue,
    /// The queue for compilers.
    pub builds: Queue,
    /// Whether the server continues.
    goes_on: watch::Sender<bool>,
    /// Held while the server runs.
    _state: State,
}

impl Live {
    /// Builds the book, and opens the existing seats.
    pub fn new(args: &ServeArguments, address: SocketAddr) -> Result<Self> {
        let folder = (args.state.clone()).unwrap_or_else(|| workspace::target().join("live"));
        let state = State::take(&folder)?;
        // `cargo lab exercise` uses those in the checkout.
        let shared = args
            .state
            .is_none()
            .then(|| exercises::folder().join("mine"));
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        let compilers = cpus.div_ceil(2);
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
            guests: Queue::new(cpus, cpus + queue::MOST),
            terminals: Queue::new(TERMINALS, terminal::MOST),
            builds: Queue::new(compilers, compilers + queue::MOST),
            goes_on: watch::Sender::new(true),
            _state: state,
        })
    }

    /// Returns the link by which the owner reads the book.
    pub fn link(&self) -> String {
        let page = if self.is_workshop { "/teacher" } else { "/" };
        access::link(self, page, self.seats.owner())
    }

    /// Returns the link by which seats join.
    pub fn invitation(&self) -> String {
        self.join_at(self.access.hall().unwrap_or(self.access.origin()))
    }

    /// Returns the same link at another origin.
    pub fn join_at(&self, origin: &Origin) -> String {
        format!("{origin}/join?code={}", self.code.tell())
    }

    /// Returns the queues in which seats wait.
    pub fn queues(&self) -> [&Queue; 3] {
        [&self.guests, &self.builds, &self.terminals]
    }

    /// Rebuilds what depends on the checkout after an edit.
    pub fn checkout_changed(&self) {
        self.images.forget();
        if let Err(error) = self.book.build_again() {
            eprintln!("cargo lab: the book stays as it was: {error:#}");
        }
        // If that fails, the next reader gets the error.
        let _ = self.images.prepare();
    }

    /// Ends everything that runs for as long as a page is open.
    pub fn end(&self) {
        self.goes_on.send_replace(false);
    }

    /// Returns a value to hold while there is a last message to send.
    pub fn last_word(&self) -> LastWord {
        self.goes_on.subscribe()
    }

    /// Waits until all such values are dropped.
    pub async fn all_is_said(&self) {
        self.goes_on.closed().await;
    }

    /// Waits for the end of the server.
    pub async fn ended(&self) {
        // It fails if the server is already gone.
        let _ = self.goes_on.subscribe().wait_for(|goes_on| !goes_on).await;
    }
}
