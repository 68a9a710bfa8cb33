// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks an exercise: builds a folder, puts the result into a guest, and runs one check at a time.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lab_protocol::Command;

use super::Exercise;
use crate::build::exercise::{Built, Strictness};
use crate::build::{self, Configuration};
use crate::guest::{Failure, Guest, HIBOMA, HangUp, Options};
use crate::image::{Content, GuestFile, Image};

/// The paths in the guest of the checks, and of the folder with what they check.
const CHECKS: &str = "/exercise/checks";
const FOLDER: &str = "/exercise";

/// The number of CPUs for a check: with two, races can happen.
pub const CPUS: u8 = 2;

/// The time limit of a check, on a slow and busy machine. Usually it takes less than a second.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The result of an exercise.
pub struct Report {
    /// The compiler's messages.
    pub compiler: String,
    /// How far it got.
    pub ended: Ended,
}

/// How far an exercise got.
pub enum Ended {
    /// It does not compile.
    NotBuilt,
    /// It ran: all checks, in order, and the failure of a guest, if one ended.
    Ran(Vec<Check>, Option<Failure>),
}

/// A check.
pub struct Check {
    /// The claim that it checks, as a sentence.
    pub claim: String,
    /// The result.
    pub outcome: Outcome,
}

/// The result of a check.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The claim holds.
    Holds,
    /// The claim does not hold: the text says what is missing.
    Missing(String),
    /// The guest ended during the check, for this reason.
    GuestEnded(String),
    /// Not run, since the guest ended in an earlier check.
    NotRun,
}

impl Report {
    /// Returns whether all checks pass.
    pub fn is_done(&self) -> bool {
        match &self.ended {
            Ended::NotBuilt => false,
            Ended::Ran(checks, failure) => {
                failure.is_none() && checks.iter().all(|it| it.outcome == Outcome::Holds)
            }
        }
    }
}

/// Builds the code in `folder`, and runs the exercise's checks on it.
pub fn check(
    exercise: &Exercise,
    folder: &Path,
    image: &Image,
    strictness: Strictness,
) -> Result<Report> {
    let (binary, name, compiler) =
        match build::exercise::build(folder, strictness, Configuration::Lab)? {
            Built::Binary {
                path,
                name,
                warnings,
            } => (path, name, warnings),
            Built::Refused(compiler) => {
                let ended = Ended::NotBuilt;
                return Ok(Report { compiler, ended });
            }
        };
    let checks = build::checks()?;
    let ended = run_all(exercise, (&binary, name), &checks, image, &mut |_| {})?;
    Ok(Report { compiler, ended })
}

/// Runs the exercise's checks on a binary, which has this name in the guest.
/// Each check has a guest of its own, and `started` gets a handle to each.
pub fn run_all(
    exercise: &Exercise,
    (binary, name): (&Path, &str),
    checks: &Path,
    image: &Image,
    started: &mut dyn FnMut(HangUp),
) -> Result<Ended> {
    let subject = format!("{FOLDER}/{name}");
    let names = names(exercise, checks)?;
    let source = source(exercise)?;
    let options = Options {
        files: vec![file(CHECKS, checks), file(&subject, binary)],
        cpus: Some(CPUS),
        timeout: Some(LIMIT),
        ..Options::default()
    };
    let mut done: Vec<Check> = Vec::new();
    let mut ended = None;
    for name in names {
        let claim = claim(&source, &name)?;
        if ended.is_some() {
            let outcome = Outcome::NotRun;
            done.push(Check { claim, outcome });
            continue;
        }
        let mut guest = Guest::start(image, &options)?;
        started(guest.hang_up()?);
        guest.load_module(HIBOMA)?;
        let outcome = match run(&mut guest, &name, &subject) {
            Ok(outcome) => outcome,
            Err(error) => {
                let failure = ended.insert(error.downcast::<Failure>()?);
                Outcome::GuestEnded(failure.to_string())
            }
        };
        done.push(Check { claim, outcome });
    }
    Ok(Ended::Ran(done, ended))
}

fn file(path: &str, source: &Path) -> GuestFile {
    GuestFile {
        path: path.to_owned(),
        content: Content::HostFile(source.to_owned()),
    }
}

/// Returns the exercise's checks in the order of the source: they build on each other.
fn names(exercise: &Exercise, checks: &Path) -> Result<Vec<String>> {
    let source = source(exercise)?;
    let module = format!("{}::", exercise.module());
    let mut names: Vec<_> = build::tests_of(checks)?
        .into_iter()
        .filter(|name| name.starts_with(&module))
        .collect();
    ensure!(
        !names.is_empty(),
        "userspace/exercises/checks/main.rs has no module {}, or it has no tests",
        exercise.module()
    );
    names.sort_by_key(|name| source.find(&format!("fn {}(", name.replace(&module, ""))));
    Ok(names)
}

fn source(exercise: &Exercise) -> Result<String> {
    let path = exercise.folder().join("check.rs");
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// Returns the comment above a test, which says what the exercise should do, without the full stop.
fn claim(source: &str, name: &str) -> Result<String> {
    let (_, name) = name.split_once("::").unwrap_or(("", name));
    let (before, _) = source
        .split_once(&format!("\n#[test]\nfn {name}("))
        .with_context(|| format!("the check {name} is not in its file"))?;
    let comment = before
        .rsplit('\n')
        .take_while(|line| line.starts_with("/// "));
    let mut lines: Vec<_> = comment
        .filter_map(|line| line.strip_prefix("/// "))
        .collect();
    lines.reverse();
    ensure!(
        !lines.is_empty(),
        "no comment says what the check {name} is about"
    );
    Ok(lines.join(" ").trim_end_matches('.').to_owned())
}

/// Runs one check.
fn run(guest: &mut Guest, name: &str, subject: &str) -> Result<Outcome> {
    let argv = [CHECKS, "--exact", name, "--nocapture", "--quiet"];
    let output = guest.output_of(Command {
        argv: argv.map(str::to_owned).into(),
        env: vec![("EXERCISE".to_owned(), subject.to_owned())],
        terminal: None,
    })?;
    if output.status.success() {
        return Ok(Outcome::Holds);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(Outcome::Missing(missing(&said)))
}

/// Returns the message of a failed assertion, without Rust's own lines.
fn missing(stderr: &str) -> String {
    let lines = stderr.lines().filter(|line| {
        let is_place = line.starts_with("thread '") && line.contains("panicked at ");
        let is_note = line.starts_with("note: run with `RUST_BACKTRACE");
        !is_place && !is_note
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{claim, missing, source};
    use crate::exercises::all;

    #[test]
    fn a_check_is_called_by_the_comment_above_it() {
        let source = "use a;\n\n// Not this.\n/// It answers twice\n/// its argument.\n#[test]\nfn doubled() {}\n\
                      \n#[test]\nfn other() {}\n";
        let told = claim(source, "first_ioctl::doubled").unwrap();
        assert_eq!(told, "It answers twice its argument");
        assert!(claim(source, "first_ioctl::other").is_err());
    }

    #[test]
    fn every_check_says_what_it_is_about() {
        for exercise in all().unwrap() {
            let source = source(&exercise).unwrap();
            for name in source.split("\n#[test]\nfn ").skip(1) {
                let (name, _) = name.split_once('(').unwrap();
                claim(&source, name).unwrap();
            }
        }
    }

    #[test]
    fn of_a_panic_only_the_message_is_left() {
        let stderr = "\nthread 'first_ioctl::a' (7) panicked at userspace/exercises/first-ioctl/check.rs:20:5:\n\
                      EINVAL for 21\nlook at `match`\n\
                      note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
        assert_eq!(missing(stderr), "EINVAL for 21\nlook at `match`");
    }
}
