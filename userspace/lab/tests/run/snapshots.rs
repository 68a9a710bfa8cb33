// SPDX-License-Identifier: MIT OR Apache-2.0

//! Guests that resume from a snapshot, or cannot.

mod resumed;
mod taking;
mod unusable;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::lab::{assert_output, output};

/// A size of memory that one test alone asks for, and so a snapshot that it has for itself.
struct Memory(&'static str);

impl Memory {
    fn run(&self, script: &str) -> Output {
        self.output(&["--", "sh", "-c", script])
    }

    fn output(&self, arguments: &[&str]) -> Output {
        output(&[&["--mem", self.0], arguments].concat())
    }

    /// Runs a command, and returns what it prints. The lab must not say anything.
    #[track_caller]
    fn prints(&self, script: &str) -> String {
        let output = self.run(script);
        let stdout = String::from_utf8(output.stdout.clone()).unwrap();
        assert_output(&output, 0, &stdout, "");
        stdout
    }

    /// The folders of its snapshots.
    fn snapshots(&self) -> Vec<PathBuf> {
        let argument = format!("\"{}\"", self.0);
        let is_its = |folder: &PathBuf| {
            let description = fs::read_to_string(folder.join("snapshot.json"));
            description.is_ok_and(|it| it.contains(&argument))
        };
        folders().into_iter().filter(is_its).collect()
    }

    #[track_caller]
    fn snapshot(&self) -> PathBuf {
        let snapshots = self.snapshots();
        assert_eq!(snapshots.len(), 1, "{snapshots:?}");
        snapshots[0].clone()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        for snapshot in self.snapshots() {
            fs::remove_dir_all(snapshot).unwrap();
        }
    }
}

fn cache() -> PathBuf {
    dirs::cache_dir().unwrap().join("hiboma-rs/snapshots")
}

/// All that is in the snapshots' folder.
fn folders() -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(cache()).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// When the guest's kernel started PID 1, to the microsecond: only guests of one boot agree on it.
const BOOT: &str = "dmesg | grep 'Run /init'";
