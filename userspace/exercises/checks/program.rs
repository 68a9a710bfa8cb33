// SPDX-License-Identifier: MIT OR Apache-2.0

//! An exercise that is a program: runs it on a device, with an input.

use std::env;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The time limit of a program. It needs less than a tenth of a second.
const LIMIT: Duration = Duration::from_secs(5);

/// A message shows this many lines of output, and this many columns of each line.
const SHOWN: usize = 10;
const COLUMNS: usize = 100;

/// This many bytes of output are kept. A program prints less than a thousandth of that.
const KEPT: u64 = 1 << 20;

/// A run of the program, and its results.
pub struct Ran {
    /// A sentence with the command line and the input.
    pub call: String,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    errors: String,
    /// Its exit status; `None` if it was killed at the time limit.
    status: Option<ExitStatus>,
}

/// Runs the program on `/dev/hiboma` and on `/dev/kvm`, and applies `claim` to both results.
pub fn on_all(input: &str, claim: impl Fn(&Ran)) {
    for device in ["/dev/hiboma", "/dev/kvm"] {
        claim(&run(device, input));
    }
}

/// Runs the program with this argument and this input.
///
/// # Panics
///
/// Panics if the program cannot be started.
pub fn run(device: &str, input: &str) -> Ran {
    let path = env::var_os("EXERCISE").expect(
        "EXERCISE is not set: it names the file to check. `cargo lab exercise check` sets it",
    );
    let mut child = Command::new(path)
        .arg(device)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Its own process group, so that its children can be killed with it.
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| panic!("Cannot start the program: {error}"));
    let stdin = child.stdin.take();
    // The program need not read its input; its output shows whether it did.
    let _ = stdin.expect("it is piped").write_all(input.as_bytes());

    let group = Pid::from_raw(child.id().cast_signed());
    let (end, ended) = channel::<()>();
    let guard = thread::spawn(move || {
        let is_late = ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
        if is_late {
            killpg(group, Signal::SIGKILL).expect("the group is ours");
        }
        is_late
    });
    let stdout = keep(child.stdout.take().expect("it is piped"));
    let stderr = keep(child.stderr.take().expect("it is piped"));
    let [stdout, stderr] = [stdout, stderr].map(|it| it.join().expect("no reader panics"));
    let status = child.wait().expect("the child is ours");
    drop(end);
    let is_late = guard.join().expect("the guard does not panic");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran {
        call: format!("The program ran with the argument {device} and the input {input:?}."),
        output: text(stdout),
        errors: text(stderr),
        status: (!is_late).then_some(status),
    }
}

/// Reads all output of the program, and keeps the beginning.
fn keep(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        let read = pipe.by_ref().take(KEPT).read_to_end(&mut kept);
        read.and_then(|_| io::copy(&mut pipe, &mut io::sink()))
            .expect("a pipe can be read");
        kept
    })
}

impl Ran {
    /// Asserts that the program succeeded.
    ///
    /// # Panics
    ///
    /// Panics if it failed or was killed. The message has its output, and ends with a hint, `look`.
    pub fn succeeds(&self, look: &str) {
        let end = match self.status {
            Some(status) if status.success() => return,
            None => format!(
                "did not end within {} seconds. First look at what should end it",
                LIMIT.as_secs()
            ),
            Some(status) => match status
                .signal()
                .and_then(|number| Signal::try_from(number).ok())
            {
                Some(signal) => format!("was killed by {signal}"),
                None => format!("failed ({status})"),
            },
        };
        panic!("{}{}\nThe program {end}.\n{look}", self.call, self.said());
    }

    /// Asserts that the program printed this line.
    ///
    /// # Panics
    ///
    /// Panics if it did not. The message has its output, and ends with a hint, `look`.
    pub fn prints(&self, line: &str, look: &str) {
        assert!(
            self.output.lines().any(|printed| printed == line),
            "{}{}\nExpected this line:\n  {line}\n{look}",
            self.call,
            self.said()
        );
    }

    /// Returns whether a signal killed the program before the time limit.
    pub fn is_ended_by_a_signal(&self) -> bool {
        self.status.is_some_and(|status| status.signal().is_some())
    }

    /// Returns the program's output, beginning on a new line.
    pub fn said(&self) -> String {
        let output = match self.output.is_empty() {
            true => "\nIt printed nothing.".to_owned(),
            false => indented("It printed:", &self.output),
        };
        output + &indented("On standard error, it printed:", &self.errors)
    }
}

/// Returns the text, indented, under a title, or nothing if there is no text.
fn indented(title: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("\n{title}\n{}", shortened(text))
}

/// Returns the first lines of a text, indented, and how much was left out.
pub fn shortened(text: &str) -> String {
    let cut = |line: &str| match line.char_indices().nth(COLUMNS) {
        Some((end, _)) => format!("  {} … and {} more bytes", &line[..end], line.len() - end),
        None => format!("  {line}"),
    };
    let mut lines = text.lines();
    let mut shown: Vec<_> = lines.by_ref().take(SHOWN).map(cut).collect();
    match lines.count() {
        0 => {}
        more => shown.push(format!("  … and {more} more lines")),
    }
    shown.join("\n")
}
