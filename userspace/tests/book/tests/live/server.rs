// SPDX-License-Identifier: MIT OR Apache-2.0

//! A server for one test, as `cargo lab serve` starts it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::reader::Reader;

/// Where `cargo lab` runs.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

/// A running server, which ends with this.
pub struct Server {
    child: Child,
    /// What it printed: an address with a token.
    link: String,
}

impl Server {
    /// Starts one whose reader has written nothing yet. `test` names what it keeps.
    pub fn start(test: &str) -> Self {
        let state = state(test);
        let _ = std::fs::remove_dir_all(&state);
        Self::start_again(test)
    }

    /// Starts one that keeps what the last of this name kept.
    pub fn start_again(test: &str) -> Self {
        let mut child = Command::new("cargo")
            .args(["lab", "serve", "--port=0", "--no-open", "--state"])
            .arg(state(test))
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

    /// A browser that has followed the link, on a window of this size, and reads a page.
    pub fn reader(&self, page: &str, width: u32, height: u32) -> Reader {
        let reader = Reader::start();
        reader.resize(width, height);
        // The server leads whoever has the token to the address without it.
        reader.open("about:blank");
        let _: () = reader.ask(&format!("(location.href = '{}', null)", self.link));
        let start = self.page("");
        reader.wait_until(&format!(
            "location.href === '{start}' && document.readyState === 'complete'"
        ));
        reader.open(&self.page(page));
        reader
    }

    /// The address of a page of the book.
    pub fn page(&self, page: &str) -> String {
        let (origin, _) = self.link.split_once("/?").expect("a token");
        format!("{origin}/{page}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has guests to end.
        let pid = Pid::from_raw(self.child.id().cast_signed());
        kill(pid, Signal::SIGTERM).expect("it runs");
        self.child.wait().expect("it ends");
    }
}

/// The address of what a test names: tests name whole addresses.
pub fn address(page: &str) -> String {
    page.to_owned()
}

fn state(test: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("live")
        .join(test)
}
