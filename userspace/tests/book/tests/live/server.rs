// SPDX-License-Identifier: MIT OR Apache-2.0

//! A server for one test, started like `cargo lab serve`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::reader::Reader;

/// The folder in which `cargo lab` runs.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

/// A running server, which ends when this is dropped.
pub struct Server {
    child: Child,
    /// An address with a token: the book's, or that of a workshop's teacher.
    pub link: String,
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

    /// Returns a browser with a window of this size that reads a page of the book.
    pub fn reader(&self, page: &str, width: u32, height: u32) -> Reader {
        let reader = follow(&self.link);
        reader.resize(width, height);
        reader.open(&self.page(page));
        reader
    }

    /// Returns the address of a page.
    pub fn page(&self, page: &str) -> String {
        let (start, _) = self.link.split_once('?').expect("a token");
        let (origin, _) = start.rsplit_once('/').expect("a path");
        format!("{origin}/{page}")
    }

    fn spawn(test: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("cargo")
            .args(["lab", "serve", "--no-open", "--state"])
            .arg(state(test))
            .args(arguments)
            .current_dir(ROOT)
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo starts");
        let printed = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut links = printed.filter_map(|line| {
            let line = line.expect("it prints text");
            let start = line.find("http://")?;
            Some(line[start..].to_owned())
        });
        let link = links.next().expect("it prints its link");
        Self { child, link }
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
