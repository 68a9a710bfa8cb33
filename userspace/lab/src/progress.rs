// SPDX-License-Identifier: MIT OR Apache-2.0

//! The progress of a build: bars and elapsed time on a terminal, plain lines in a pipe.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, IsTerminal, Write, stderr};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use duct::Expression;
use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use nix::sys::signal::Signal;

use crate::build::exercise::compiler::is_of_the_build;
use crate::child::{Inherited, bind_to_lab};

/// How often a pipe gets a line that a step is still running.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

/// How many lines of a failed command's output are shown.
const LAST_LINES: usize = 30;

/// All steps of one build.
pub struct Progress {
    bars: MultiProgress,
    logs: PathBuf,
}

impl Progress {
    /// Shows the steps on standard error, and keeps all output of their commands in `logs`.
    pub fn new(logs: PathBuf) -> Result<Progress> {
        fs::create_dir_all(&logs)?;
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Ok(Progress { bars, logs })
    }

    /// Starts a step that prints about `lines` lines, or an unknown number.
    pub fn step(&self, title: &str, lines: Option<u64>) -> Result<Step> {
        let step = self.cargo_step(title, lines)?;
        step.announce();
        Ok(step)
    }

    /// The same for a run of cargo, which often has nothing to compile and is then not shown.
    pub fn cargo_step(&self, title: &str, lines: Option<u64>) -> Result<Step> {
        let bar = match lines {
            Some(lines) => ProgressBar::new(lines).with_style(style(
                "{elapsed:>4} {prefix} {wide_bar:.cyan/dim} {percent}% {msg:30!}",
            )),
            None => ProgressBar::no_length()
                .with_style(style("{elapsed:>4} {prefix} {spinner} {wide_msg}")),
        };
        // Hidden until it is announced.
        bar.set_draw_target(ProgressDrawTarget::hidden());
        let log = self.logs.join(title.replace([' ', '/'], "-") + ".log");
        File::create(&log)?;
        Ok(Step {
            title: title.to_owned(),
            bar: bar.with_prefix(title.to_owned()),
            bars: self.bars.clone(),
            started: Instant::now(),
            told: Cell::new(None),
            log,
        })
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A running step.
pub struct Step {
    title: String,
    bar: ProgressBar,
    bars: MultiProgress,
    started: Instant,
    /// When it was last mentioned to the user.
    told: Cell<Option<Instant>>,
    log: PathBuf,
}

impl Step {
    /// Runs a command and returns the lines that it printed. If it fails, the error has the last of
    /// them.
    pub fn run(&self, command: Expression) -> Result<Vec<String>> {
        let mut log = File::options().append(true).open(&self.log)?;
        // make and cargo end their own children when they are terminated.
        let command = command.before_spawn(|command| {
            bind_to_lab(command, Signal::SIGTERM, Inherited::Locks);
            Ok(())
        });
        let output = command.stderr_to_stdout().unchecked().reader()?;
        let mut lines = Vec::new();
        thread::scope(|scope| -> Result<()> {
            let (sender, receiver) = mpsc::channel();
            scope.spawn(|| {
                let lines = BufReader::new(&output).split(b'\n');
                lines.for_each(|line| drop(sender.send(line)));
                drop(sender);
            });
            loop {
                match receiver.recv_timeout(PLAIN_INTERVAL) {
                    Ok(line) => {
                        let line = String::from_utf8_lossy(&line?).into_owned();
                        writeln!(log, "{line}")?;
                        if is_for_people(&line) {
                            self.tell(&line);
                        }
                        lines.push(line);
                    }
                    // A command that is silent for so long is still running.
                    Err(RecvTimeoutError::Timeout) => self.remind(),
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            }
        })?;
        let ended = output.try_wait()?;
        let status = ended
            .context("the command closed its output and went on")?
            .status;
        if !status.success() {
            lines.retain(|line| is_for_people(line));
            return Err(CommandFailed {
                title: self.title.clone(),
                status,
                log: self.log.clone(),
                lines,
            }
            .into());
        }
        Ok(lines)
    }

    fn announce(&self) {
        self.told.set(Some(Instant::now()));
        if stderr().is_terminal() {
            self.bars.add(self.bar.clone());
            self.bar.enable_steady_tick(Duration::from_millis(200));
        } else {
            eprintln!("{} …", self.title);
        }
    }

    fn tell(&self, line: &str) {
        self.bar.inc(1);
        self.bar.set_message(line.trim().to_owned());
        match self.told.get() {
            None if line.contains("Compiling") => self.announce(),
            Some(told) if told.elapsed() > PLAIN_INTERVAL => self.remind(),
            _ => {}
        }
    }

    fn remind(&self) {
        if self.told.get().is_some() && !stderr().is_terminal() {
            eprintln!("{}", self.so_far());
            self.told.set(Some(Instant::now()));
        }
    }

    fn so_far(&self) -> String {
        let elapsed = HumanDuration(self.started.elapsed());
        match self.bar.length() {
            Some(length) => {
                let percent = (100 * self.bar.position() / length).min(99);
                format!("{}: {percent} % after {elapsed}", self.title)
            }
            None => format!("{}: {elapsed} so far", self.title),
        }
    }

    /// Ends the step successfully.
    pub fn finish(self) {
        self.bar.finish_and_clear();
        if self.told.get().is_some() {
            let elapsed = HumanDuration(self.started.elapsed());
            self.bar
                .suspend(|| eprintln!("{}: done in {elapsed}", self.title));
        }
    }
}

/// The error of a step whose command failed.
#[derive(Debug)]
pub struct CommandFailed {
    title: String,
    status: ExitStatus,
    log: PathBuf,
    /// The lines that it printed for people.
    pub lines: Vec<String>,
}

impl Error for CommandFailed {}

impl fmt::Display for CommandFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, status, log) = (&self.title, self.status, self.log.display());
        let last = last_of(&self.lines);
        write!(
            f,
            "{title} failed ({status}): all of its output is in {log}, the last is\n{last}"
        )
    }
}

/// Returns the last lines, without the build system's messages unless there are only those.
fn last_of(lines: &[String]) -> String {
    let said: Vec<_> = lines.iter().filter(|line| !is_of_the_build(line)).collect();
    let said = match said.iter().all(|line| line.trim().is_empty()) {
        true => lines.iter().collect(),
        false => said,
    };
    let last = said[said.len().saturating_sub(LAST_LINES)..].iter();
    let last: Vec<_> = last.map(|line| line.as_str()).collect();
    last.join("\n").trim_end().to_owned()
}

/// Returns whether a line is for people: cargo's messages to programs are lines of JSON.
fn is_for_people(line: &str) -> bool {
    !line.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::last_of;

    fn last(lines: &[&str]) -> String {
        last_of(
            &lines
                .iter()
                .map(|&line| line.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn of_a_compile_error_the_compiler_s_words_are_shown() {
        let make = "make[4]: *** [Makefile:295: hiboma.o] Error 1";
        let lines = [
            "make -C /kernel",
            "  RUSTC [M] hiboma.o",
            "error[E0308]: no",
            "",
            make,
        ];
        assert_eq!(last(&lines), "error[E0308]: no");
        assert_eq!(last(&[make]), make);
    }
}
