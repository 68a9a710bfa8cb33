// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a build shows while it works: bars and elapsed time on a terminal, plain lines in a pipe.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write, stderr};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use duct::Expression;
use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a pipe is told that a step still goes on.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

/// How much of a failed command's output is shown.
const LAST_LINES: usize = 30;

/// All steps of one build.
pub struct Progress(MultiProgress);

impl Progress {
    /// Shows the steps on standard error.
    pub fn new() -> Progress {
        Progress(MultiProgress::with_draw_target(ProgressDrawTarget::stderr()))
    }

    /// Begins a step that takes about `lines` lines of output, or an unknown number.
    pub fn step(&self, title: &str, lines: Option<u64>) -> Step {
        let bar = match lines {
            Some(lines) => ProgressBar::new(lines).with_style(style(
                "{elapsed:>4} {prefix} {wide_bar:.cyan/dim} {percent}% {msg:30!}",
            )),
            None => ProgressBar::no_length()
                .with_style(style("{elapsed:>4} {prefix} {spinner} {wide_msg}")),
        };
        let bar = self.0.add(bar.with_prefix(title.to_owned()));
        if stderr().is_terminal() {
            bar.enable_steady_tick(Duration::from_millis(200));
        } else {
            eprintln!("{title} …");
        }
        Step {
            title: title.to_owned(),
            bar,
            started: Instant::now(),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// One step under way.
pub struct Step {
    title: String,
    bar: ProgressBar,
    started: Instant,
}

impl Step {
    /// Runs a command, its output going to the file `log`; shows the last of it where it fails.
    pub fn run(&self, command: Expression, log: &Path) -> Result<()> {
        let mut log_file = File::options().create(true).append(true).open(log)?;
        let output = command.stderr_to_stdout().unchecked().reader()?;
        let mut last = VecDeque::with_capacity(LAST_LINES);
        let mut told = Instant::now();
        for line in BufReader::new(&output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            writeln!(log_file, "{line}")?;
            self.bar.inc(1);
            self.bar.set_message(line.trim().to_owned());
            if !stderr().is_terminal() && told.elapsed() > PLAIN_INTERVAL {
                eprintln!("{}", self.so_far());
                told = Instant::now();
            }
            if last.len() == LAST_LINES {
                last.pop_front();
            }
            last.push_back(line);
        }
        let status = output
            .try_wait()?
            .context("the command closed its output and went on")?
            .status;
        if !status.success() {
            let last: Vec<_> = last.into();
            bail!(
                "{} failed ({status}); all of its output is in {}, the last of it is:\n{}",
                self.title,
                log.display(),
                last.join("\n")
            );
        }
        Ok(())
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

    /// Ends the step well.
    pub fn finish(self) {
        let line = format!(
            "{}: done in {}",
            self.title,
            HumanDuration(self.started.elapsed())
        );
        self.bar.finish_and_clear();
        self.bar.suspend(|| eprintln!("{line}"));
    }
}
