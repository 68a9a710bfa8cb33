// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command with the seat's changes, traced or debugged in gdb.

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
use crate::sentence::sentence;

/// The time limit: before the command runs, ftrace rewrites
/// the kernel's functions, or gdb reads the debug information.
const LIMIT: Duration = Duration::from_secs(60);

/// Watches a command with the seat's changes or its solution
/// of an exercise, and compares the result with the book's.
pub fn watch(
    live: &Live,
    seat: &Seat,
    page: &Page,
    watch: Watch,
    book: Option<&str>,
) -> Result<()> {
    let how = watch.how();
    let what = match how {
        How::Traced | How::Counted => sentence!("what a trace needs"),
        How::Debugged => sentence!("what gdb needs, once, in some minutes"),
    };
    let what = page.say(&what);
    page.tell(Event::Building { what })?;
    // Before waiting for a guest, so that no other seat waits for this.
    live.images.prepare_to_watch(how)?;
    let variant = Variant::to_be(how);
    // An exercise uses the checkout's modules.
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
    let limit = in_words(LIMIT, page);
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
    page.tell(ended(status, &text, book, page))
}

/// Runs gdb in a sandbox: it reads files that the seat has written.
fn run_gdb(
    live: &Live,
    page: &Page,
    gdb: Gdb,
    line: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Status> {
    let home = [("HOME", gdb.folder.clone().into_os_string())];
    let sandbox = Sandbox {
        reads: gdb.reads,
        writes: gdb.folder,
        what: sentence!("gdb"),
        limit: LIMIT,
    };
    let toolchain = &live.images.workshop()?.toolchain;
    let variables = toolchain.variables().into_iter().chain(home);
    let finished = sandbox.run("gdb", gdb.arguments, variables, page)?;
    finished.lines.iter().try_for_each(|it| line(it))?;
    Ok(Status::Code(u8::from(!finished.success)))
}
