// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab exercise`: the exercises, from the list to the last check.

use std::io::stdout;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use comfy_table::{ContentArrangement, Table, presets};

use super::exercise_run;
use crate::build::exercise::Strictness;
use crate::build::{self, Configuration};
use crate::exercises::{self, Exercise, Mine, Readme, State};
use crate::guest::Undelivered;
use crate::markdown;
use crate::text::{columns, wrapped_error};
use crate::workspace;

/// Work on the exercises: write a module or a program, and check it in a guest
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List all exercises, and show which ones you have started and done
    List,
    /// Copy the starting point to userspace/exercises/mine/, and print the task
    Start(Which),
    /// Build your files, run the checks in a guest, and print what is missing
    Check(Which),
    /// Run a command in a guest with your module loaded, or with your program as ./exercise
    Run(exercise_run::Args),
    /// Print a hint, and one more each time
    Hint(Which),
    /// Move your files aside, and copy the starting point again
    Reset(Which),
}

#[derive(clap::Args)]
struct Which {
    /// The exercise's number or name, as `cargo lab exercise list` prints them
    #[arg(value_name = "N")]
    exercise: String,
}

pub fn main(args: Args) -> Result<ExitCode> {
    match args.command {
        Command::List => list(),
        Command::Start(which) => start(&exercises::find(&which.exercise)?),
        Command::Check(which) => check(&exercises::find(&which.exercise)?),
        Command::Run(args) => exercise_run::main(args),
        Command::Hint(which) => hint(&exercises::find(&which.exercise)?),
        Command::Reset(which) => reset(&exercises::find(&which.exercise)?),
    }
}

fn list() -> Result<ExitCode> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(columns) = columns() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(columns);
    }
    table.set_header(["", "exercise", "what it is", "minutes", "chapter", "state"]);
    for exercise in exercises::all()? {
        let state = match Mine::of(&exercise).state() {
            State::NotStarted => "",
            State::Started => "started",
            State::Done => "done",
        };
        table.add_row([
            exercise.number.to_string(),
            exercise.name.clone(),
            Readme::of(&exercise)?.title,
            exercise.minutes.to_string(),
            exercise.chapter,
            state.to_owned(),
        ]);
    }
    println!("{}", table.trim_fmt());
    println!("\n`cargo lab exercise start 1` begins the first.");
    Ok(ExitCode::SUCCESS)
}

fn start(exercise: &Exercise) -> Result<ExitCode> {
    let mine = Mine::of(exercise);
    let readme = Readme::of(exercise)?;
    let is_new = mine.start()?;
    let task = markdown::rendered(&readme.task, columns());
    println!("{}. {}\n\n{task}\n", exercise.number, readme.title);
    let folder = shown(&mine.folder());
    match is_new {
        true => println!("Edit your copy of the starting point:\n  {folder}"),
        false => println!("You have started it already, and your copy stays as it is:\n  {folder}"),
    }
    println!("Then: cargo lab exercise check {}", exercise.number);
    println!("A hint: cargo lab exercise hint {}", exercise.number);
    Ok(ExitCode::SUCCESS)
}

fn check(exercise: &Exercise) -> Result<ExitCode> {
    let mine = Mine::of(exercise);
    let number = exercise.number;
    mine.check_started(exercise)?;
    if let Some(changed) = mine.changed_start() {
        let (start, mine) = (shown(&changed), shown(&mine.folder()));
        let note = format!(
            "You have edited {start}, which is not checked. What is checked is your copy, {mine}: move your \
             changes there. `git checkout {start}` puts the starting point back."
        );
        eprintln!("{}\n", wrapped_error(&note));
    }
    let image = build::image(Configuration::Lab)?;
    let report = exercises::check(exercise, &mine.folder(), &image, Strictness::Compiles)?;
    mine.mark(report.is_done())?;
    exercises::print(&report, &mut stdout()).map_err(Undelivered)?;
    if !report.is_done() {
        let folder = shown(&mine.folder());
        println!("\n{}: not done yet. Go on in {folder};", exercise.name);
        println!("for a hint: cargo lab exercise hint {number}");
        return Ok(ExitCode::FAILURE);
    }
    println!("\n{}: done.", exercise.name);
    let all = exercises::all()?;
    match all
        .iter()
        .find(|next| Mine::of(next).state() != State::Done)
    {
        Some(next) => println!(
            "The next that is not: {}: cargo lab exercise start {}",
            next.name, next.number
        ),
        None => println!("That was the last one: all {} are done.", all.len()),
    }
    Ok(ExitCode::SUCCESS)
}

fn hint(exercise: &Exercise) -> Result<ExitCode> {
    let hints = Readme::of(exercise)?.hints;
    let mine = Mine::of(exercise);
    mine.check_started(exercise)?;
    let shown = mine.hints(hints.len())?;
    for (number, hint) in (1..).zip(&hints[..shown]) {
        let hint = markdown::rendered(hint, columns());
        println!("Hint {number} of {}\n\n{hint}\n", hints.len());
    }
    match shown < hints.len() {
        true => println!("One more: cargo lab exercise hint {}", exercise.number),
        false => println!(
            "That was the last one. The solution is in userspace/exercises/{}/solution.",
            exercise.name
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn reset(exercise: &Exercise) -> Result<ExitCode> {
    let mine = Mine::of(exercise);
    if let Some(aside) = mine.reset()? {
        println!("What you had is in {}.", shown(&aside));
    }
    println!("{} is the starting point again.", shown(&mine.folder()));
    Ok(ExitCode::SUCCESS)
}

/// Returns a path relative to the checkout's root.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(workspace::root()).unwrap_or(path);
    path.display().to_string()
}
