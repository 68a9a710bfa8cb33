// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command line in its own guest.

use std::time::Duration;

use anyhow::Result;
use lab::comparisons::{kept, recordings};
use lab::guest::{Guest, HIBOMA, Options};
use lab::image::GuestFile;
use lab_protocol::Status;

use crate::build::{Variant, build};
use crate::events::Event;
use crate::live::Live;
use crate::output::Output;
use crate::page::Page;
use crate::run::LIMIT;
use crate::seats::Seat;
use crate::sentence::sentence;

/// A command line, and its guest.
pub struct Command<'a> {
    line: &'a str,
    /// Modules to load before it runs.
    modules: Vec<String>,
    /// Additional files for the guest, besides the seat's changes.
    files: Vec<GuestFile>,
    /// The output that the book prints for it.
    book: Option<&'a str>,
}

impl<'a> Command<'a> {
    /// Returns a command with this module, which the guest has.
    pub fn new(line: &'a str, module: &str) -> Self {
        Command {
            line,
            modules: vec![format!("/lib/modules/{module}")],
            files: Vec::new(),
            book: None,
        }
    }

    /// Returns a command with the seat's solution of an exercise, loaded if it is a module.
    pub fn with(line: &'a str, exercise: GuestFile) -> Self {
        let module = exercise.module().map(|_| exercise.path.clone());
        Command {
            line,
            modules: [HIBOMA.to_owned()].into_iter().chain(module).collect(),
            files: vec![exercise],
            book: None,
        }
    }

    /// Adds the output in the book, to compare with.
    pub fn compared_with(self, book: &'a str) -> Self {
        let book = Some(book);
        Command { book, ..self }
    }

    /// Runs it; the page gets the output in the form that `comparisons/` keeps.
    pub fn run(mut self, live: &Live, seat: &Seat, page: &Page) -> Result<()> {
        let image = live.images.image_for(page)?;
        // An exercise uses the checkout's modules.
        if self.files.is_empty() {
            let named = format!("{} {}", self.modules.join(" "), self.line);
            let Some(files) = build(live, seat, Some(&named), Variant::Plain, page)? else {
                return Ok(());
            };
            self.files = files;
        }
        let Some(_turn) = live.guests.wait(&seat.id, page)? else {
            return Ok(());
        };
        let options = Options {
            timeout: Some(LIMIT),
            files: self.files,
            ..Options::default()
        };
        let mut guest = Guest::start(&image, &options)?;
        let hang_up = guest.hang_up()?;
        page.when_left(move || hang_up.leave());
        for module in &self.modules {
            guest.load_module(module)?;
        }
        let limit = in_words(LIMIT, page);
        page.tell(Event::Started { limit })?;
        let text = recordings::prompt(self.line);
        page.tell(Event::Output { text: text.clone() })?;
        let mut output = Output::new(page);
        let status = guest.run_to(recordings::in_shell(self.line), &mut output)?;
        let printed = output.finish()?;
        let end = recordings::end(&printed, status);
        if !end.is_empty() {
            page.tell(Event::Output { text: end.clone() })?;
        }
        page.tell(ended(status, &(text + &printed + &end), self.book, page))
    }
}

/// Returns the event for a command's end, compared with the book's output if there is one.
/// What varies has these names: sentence!("times"), sentence!("dates"), sentence!("addresses"), sentence!("inodes"),
/// sentence!("process IDs"), sentence!("version").
pub fn ended(status: Status, printed: &str, book: Option<&str>, page: &Page) -> Event {
    let difference = book.and_then(|book| kept::difference(book, printed));
    Event::Ended {
        status: status.code(),
        same: book.map(|_| difference.is_none()),
        varies: match (book, &difference) {
            (Some(book), None) => {
                let words = recordings::variations(book, printed).into_iter();
                words.map(|it| page.say(&sentence!(it))).collect()
            }
            _ => Vec::new(),
        },
        difference,
    }
}

/// Returns a time limit in words.
pub fn in_words(limit: Duration, page: &Page) -> String {
    let seconds = limit.as_secs();
    page.say(&match seconds % 3600 {
        0 => sentence!("{0} hours", seconds / 3600),
        _ => sentence!("{0} s", seconds),
    })
}
