// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks a seat's solution of an exercise.

use anyhow::Result;
use axum::extract::{Path, WebSocketUpgrade};
use axum::response::Response;
use lab::exercises::{self, Ended, Exercise, Report};

use crate::build::{self, Variant};
use crate::command::in_words;
use crate::crash;
use crate::events::Event;
use crate::exercises::find;
use crate::live::Live;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::seats::Seat;
use crate::sentence::sentence;
use crate::socket::{Caller, LONGEST, work_for};

/// Builds it, runs the checks, and sends the page their results.
pub async fn check(
    Path(name): Path<String>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let exercise = find(&name)?;
    let upgrade = upgrade.max_message_size(LONGEST);
    Ok(upgrade.on_upgrade(move |socket| async move {
        work_for(caller, socket, drop, move |live, seat, page| {
            run(live, seat, &exercise, page)
        })
        .await;
    }))
}

fn run(live: &Live, seat: &Seat, exercise: &Exercise, page: &Page) -> Result<()> {
    let mine = seat.exercise(exercise);
    mine.check_started(exercise)?;
    let (image, grading) = (live.images.image_for(page)?, live.images.grading_for(page)?);
    let built = build::exercise::build(live, seat, exercise, Variant::Plain, page)?;
    let ended = match &built {
        None => Ended::NotBuilt,
        Some((binary, name)) => {
            let Some(_turn) = live.guests.wait(&seat.id, page)? else {
                return Ok(());
            };
            let limit = in_words(exercises::LIMIT, page);
            let limit = page.say(&sentence!("{0} for each check", limit));
            page.tell(Event::Started { limit })?;
            let checks = &grading.checks;
            exercises::run_all(exercise, (binary, name), checks, &image, &mut |guest| {
                page.when_left(move || guest.leave());
            })?
        }
    };
    // A page that has left does not wait for the rest.
    if page.has_left() {
        return Ok(());
    }
    let (ended, failure) = match ended {
        Ended::Ran(checks, failure) => (Ended::Ran(checks, None), failure),
        Ended::NotBuilt => (Ended::NotBuilt, None),
    };
    let report = Report {
        compiler: String::new(),
        ended,
    };
    let passed = report.is_done() && failure.is_none();
    mine.mark(passed)?;
    seat.progress.check(&exercise.name, passed);
    let why = failure
        .as_ref()
        .map(|it| page.say(&crash::reason(it, page)));
    if let Some(failure) = failure {
        crash::tell(failure.into(), seat, page)?;
    }
    let mut text = Vec::new();
    exercises::print(&report, &mut text)?;
    let text = String::from_utf8_lossy(&text);
    let text = console::strip_ansi_codes(&text).into_owned();
    let text = crash::shown(&text, seat);
    page.tell(Event::Checked { passed, why, text })
}
