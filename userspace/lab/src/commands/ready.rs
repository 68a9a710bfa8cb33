// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab ready`: says in one line whether this machine is ready for a workshop.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Error, Result, ensure};
use nix::unistd::{User, geteuid, gethostname};

use crate::build::exercise::Strictness;
use crate::build::{self, Configuration};
use crate::comparisons::pairs;
use crate::comparisons::recordings::{Recording, normalise};
use crate::doctor::prerequisite;
use crate::exercises::{self, Exercise};
use crate::guest::{Accelerator, Guest, HIBOMA, Options, UNATTENDED, exit_code};
use crate::image::Image;

/// The step that is run: a guest that uses ports, a device's memory and the dirty log.
const STEP: &str = "8-run-loop";

/// The exercises whose solutions are checked: a module and a program.
const EXERCISES: [&str; 2] = ["first-ioctl", "run-loop"];

/// Prepare this machine for a workshop, and report in one line whether it is ready
///
/// Build what is missing, take the snapshot from which guests resume, run a step on both devices, and check
/// two exercises. Standard output has only that line, so that a teacher can collect it from every seat.
/// Exit with 0 if the seat is ready, and with 1 if not.
#[derive(clap::Args)]
pub struct Args {
    /// Run the guest with KVM or with emulation (tcg); by default with the host's KVM if possible
    #[arg(long)]
    accel: Option<Accelerator>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seat = seat();
    match check(args) {
        Ok(facts) => {
            println!("ready: {seat}: {facts}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let reason = one_line(&error);
            // Prints the whole error for the person at this machine.
            exit_code::exit_code(Err(error), false);
            println!("not ready: {seat}: {reason}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Returns the facts that a teacher may want to know about a ready seat.
fn check(args: Args) -> Result<String> {
    let missing = missing()?;
    ensure!(
        missing.is_empty(),
        "there is no {}: `make setup` installs it, or says what does",
        missing.join(", no ")
    );
    let image = build::image(Configuration::Lab).context("the build failed")?;
    let release = build::kernel(Configuration::Lab)?.0.release()?;
    let options = Options {
        accelerator: args.accel,
        timeout: Some(UNATTENDED),
        ..Options::default()
    };
    Guest::take_snapshot(&image, &options);
    let started = Instant::now();
    let mut guest = Guest::start(&image, &options)?;
    let start = started.elapsed().as_secs_f32();
    guest.load_module(HIBOMA)?;

    let step = pairs::all()?.into_iter().find(|pair| pair.step == STEP);
    let step = step.with_context(|| format!("comparisons/ has no {STEP}: `git checkout` it"))?;
    for side in [&step.hiboma, &step.kvm] {
        is_as_recorded(side, &mut guest)?;
    }
    for name in EXERCISES {
        can_be_done(&exercises::find(name)?, &image)?;
    }
    Ok(format!(
        "Linux {release}, {}, starts in {start:.1} s, steps and exercises run",
        guest.accelerator()
    ))
}

/// Returns the lab's prerequisites that the machine does not meet, each with the reason.
fn missing() -> Result<Vec<String>> {
    let all = prerequisite::all()?.into_iter();
    let needed = all.filter(|prerequisite| prerequisite.only_for.is_none());
    let missing = needed.filter_map(|prerequisite| match prerequisite.found() {
        Ok(found) if prerequisite.accepts(&found) => None,
        Ok(found) => Some(format!("{} (but {found})", prerequisite.name)),
        Err(error) => Some(format!("{} ({})", prerequisite.name, one_line(&error))),
    });
    Ok(missing.collect())
}

fn is_as_recorded(side: &Recording, guest: &mut Guest) -> Result<()> {
    let kept = side.path();
    let kept = std::fs::read_to_string(&kept)
        .with_context(|| format!("cannot read {}", kept.display()))?;
    let now = side.take(guest)?;
    ensure!(
        normalise(&now) == normalise(&kept),
        "{} prints something else than in the book: `git status` shows what was changed\n{now}",
        side.command
    );
    Ok(())
}

/// Checks an exercise's solution, in the way learners' solutions will be checked.
fn can_be_done(exercise: &Exercise, image: &Image) -> Result<()> {
    let name = &exercise.name;
    let solution = exercise.folder().join("solution");
    let report = exercises::check(exercise, &solution, image, Strictness::Compiles)
        .with_context(|| format!("the exercise {name} cannot be checked"))?;
    ensure!(
        report.is_done(),
        "the solution of {name} does not pass: `git status` shows what was changed"
    );
    Ok(())
}

/// Returns the seat's name for the teacher: `user@host`.
fn seat() -> String {
    let user = User::from_uid(geteuid()).ok().flatten();
    let user = user.map_or("?".to_owned(), |user| user.name);
    let host = gethostname().unwrap_or_else(|_| "?".into());
    format!("{user}@{}", host.to_string_lossy())
}

/// Returns the first line of an error with its causes, without a compiler's long output.
fn one_line(error: &Error) -> String {
    let error = format!("{error:#}");
    error.lines().next().unwrap_or_default().to_owned()
}
