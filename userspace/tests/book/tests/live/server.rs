// SPDX-License-Identifier: MIT OR Apache-2.0

//! Servers, started like `cargo lab serve`: most tests share one, each with a seat of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::reader::Reader;

/// The folder in which `cargo lab` runs.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

/// The beginning of the last line that a server prints at its start.
const LAST: &str = "End it with";

/// The workshop that most tests share. It ends with the tests.
static SHARED: LazyLock<Server> = LazyLock::new(|| {
    let (started, server) = mpsc::channel();
    // The kernel ends a server when the thread that has started it ends.
    thread::spawn(move || {
        let sent = started.send(Server::workshop("shared"));
        sent.expect("somebody waits for it");
        loop {
            thread::park();
        }
    });
    server.recv().expect("the server starts")
});

/// A running server, which ends when this is dropped.
pub struct Server {
    child: Child,
    /// An address with a token: the book's, or that of a workshop's teacher.
    pub link: String,
    /// The address where seats join a workshop.
    pub invitation: Option<String>,
}

/// Returns a browser with a window of this size that reads a page of the book, at a new seat of this name.
pub fn reader(seat: &str, page: &str, width: u32, height: u32) -> Reader {
    let reader = SHARED.join(seat);
    reader.resize(width, height);
    reader.open(&SHARED.page(page));
    reader
}

/// Returns a browser that is asked for the name of its seat.
pub fn invited() -> Reader {
    SHARED.invited()
}

impl Server {
    /// Starts a server without any work of its reader. `test` names its state.
    pub fn start(test: &str) -> Self {
        let _ = fs::remove_dir_all(state(test));
        Self::spawn(test, &["--port=0"])
    }

    /// Starts a server for a workshop.
    pub fn workshop(test: &str) -> Self {
        let _ = fs::remove_dir_all(state(test));
        Self::spawn(test, &["--port=0", "--workshop"])
    }

    /// Ends it, and starts another one with the same port and state.
    pub fn restart(self, test: &str) -> Self {
        let origin = self.page("");
        let port = origin.trim_end_matches('/').rsplit(':').next();
        let port = format!("--port={}", port.expect("its address has a port"));
        drop(self);
        Self::spawn(test, &[&port])
    }

    /// Returns a browser that has joined this workshop.
    pub fn join(&self, name: &str) -> Reader {
        let reader = self.invited();
        reader.click("#name");
        reader.write(name);
        reader.click("form > button");
        reader.wait_until("location.pathname === '/' && document.readyState === 'complete'");
        reader
    }

    fn invited(&self) -> Reader {
        follow(self.invitation.as_ref().expect("it is a workshop"))
    }

    /// Returns the address of a page.
    pub fn page(&self, page: &str) -> String {
        let (start, _) = self.link.split_once('?').expect("a token");
        let (origin, _) = start.rsplit_once('/').expect("a path");
        format!("{origin}/{page}")
    }

    fn spawn(test: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("setpriv")
            .args([
                "--pdeathsig=TERM",
                "cargo",
                "lab",
                "serve",
                "--no-open",
                "--state",
            ])
            .arg(state(test))
            .args(arguments)
            .current_dir(ROOT)
            .stdout(Stdio::piped())
            .spawn()
            .expect("setpriv starts");
        let printed = BufReader::new(child.stdout.take().expect("its output")).lines();
        let printed = printed.map(|line| line.expect("it prints text"));
        let printed: Vec<_> = printed.take_while(|line| !line.contains(LAST)).collect();
        let mut links = printed.iter().filter_map(|line| {
            let start = line.find("http://")?;
            Some(line[start..].to_owned())
        });
        Self {
            child,
            link: links.next().expect("it prints its link"),
            invitation: links.next(),
        }
    }
}

/// Returns a browser that has followed a link with a token.
pub fn follow(link: &str) -> Reader {
    let reader = Reader::start();
    reader.follow(link);
    reader
}

impl Drop for Server {
    fn drop(&mut self) {
        // On this signal the server ends its guests.
        let pid = Pid::from_raw(self.child.id().cast_signed());
        kill(pid, Signal::SIGTERM).expect("it runs");
        self.child.wait().expect("it ends");
    }
}

/// Returns the address of a page: these tests use whole addresses.
pub fn address(page: &str) -> String {
    page.to_owned()
}

fn state(test: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("live")
        .join(test)
}
