// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command that is traced, or followed in gdb, with what the seat has changed.

use std::time::Duration;

use anyhow::Result;
use lab::comparisons::watched::{How, Watch};
use lab::exercises;
use lab::guest::HangUp;
use lab::own::{Gdb, Own};
use lab_protocol::Status;

use crate::build::{self, Variant, build};
use crate::command::{ended, in_words};
use crate::events::Event;
use crate::live::Live;
use crate::page::Page;
use crate::sandbox::Sandbox;
use crate::seats::Seat;

/// How long it may take: before the command runs, ftrace rewrites the kernel's functions, or gdb reads what there is
/// to know of them.
const LIMIT: Duration = Duration::from_secs(60);

/// Watches it, with what the seat has changed or has written for an exercise, and compares it with what the book
/// prints.
pub fn watch(
    live: &Live,
    seat: &Seat,
    page: &Page,
    watch: Watch,
    book: Option<&str>,
) -> Result<()> {
    let how = watch.how();
    let what = match how {
        How::Traced | How::Counted => "what a trace needs",
        How::Debugged => "what gdb needs, once, in some minutes",
    };
    page.tell(Event::Building {
        what: what.to_owned(),
    })?;
    // Before its turn for a guest, which others wait for.
    live.images.prepare_to_watch(how)?;
    let variant = Variant::to_be(how);
    // An exercise has the modules of the checkout.
    let (files, exercise) = match watch.exercise() {
        Some(asked) => {
            let exercise = exercises::find(asked)?;
            let made = build::exercise::guest_file(live, seat, &exercise, variant, page)?;
            (made.is_some().then(Vec::new), made)
        }
        None => {
            let named = format!("{} {}", watch.module(), watch.command());
            (build(live, seat, Some(&named), variant, page)?, None)
        }
    };
    let Some(files) = files else {
        return Ok(());
    };
    let Some(_turn) = live.guests.wait(&seat.id, page)? else {
        return Ok(());
    };
    let limit = in_words(LIMIT);
    page.tell(Event::Started { limit })?;
    let started = |guest: HangUp| page.when_left(move || guest.leave());
    let gdb = |gdb: Gdb, line: &mut dyn FnMut(&str) -> Result<()>| run_gdb(live, page, gdb, line);
    let own = Own {
        files,
        exercise,
        source: Some(build::sources(seat)),
        timeout: Some(LIMIT),
        started: &started,
        gdb: Some(&gdb),
    };
    let (text, status) = watch.run(&own)?;
    page.tell(Event::Output { text: text.clone() })?;
    page.tell(ended(status, &text, book))
}

/// Runs gdb where it can do no harm: what it reads was written by the seat.
fn run_gdb(
    live: &Live,
    page: &Page,
    gdb: Gdb,
    line: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Status> {
    let folder = tempfile::tempdir()?;
    let sandbox = Sandbox {
        reads: gdb.reads,
        writes: folder.path().to_owned(),
        what: "gdb",
        limit: LIMIT,
    };
    let toolchain = &live.images.workshop()?.toolchain;
    let home = [("HOME", folder.path().as_os_str().to_owned())];
    let variables = toolchain.variables().into_iter().chain(home);
    let finished = sandbox.run("gdb", gdb.arguments, variables, page)?;
    finished.lines.iter().try_for_each(|it| line(it))?;
    Ok(Status::Code(u8::from(!finished.success)))
}
