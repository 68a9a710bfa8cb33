// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the book shows may be edited while it is read.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use lab::workspace;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::live::Live;

/// The folders that pages are made of.
const SHOWN: [&str; 5] = [
    "book",
    "comparisons",
    "module",
    "userspace/pairs",
    "userspace/exercises",
];

/// What is in them, and of no page: what `mdbook build` makes, and a learner's copies.
const NOT_SHOWN: [&str; 2] = ["book/book", "userspace/exercises/mine"];

/// An editor that saves changes a file several times; so does git.
const QUIET: Duration = Duration::from_millis(200);

/// Has the book built again when a file of it has changed, for as long as this is kept.
pub fn start(live: &Arc<Live>) -> Result<RecommendedWatcher> {
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // It fails where the server has ended.
        if event.is_ok_and(|event| is_change(&event)) {
            let _ = changed.send(());
        }
    })?;
    for folder in SHOWN {
        watcher.watch(&workspace::root().join(folder), RecursiveMode::Recursive)?;
    }
    let live = Arc::downgrade(live);
    thread::spawn(move || {
        while wait(&changes) {
            let Some(live) = live.upgrade() else {
                return;
            };
            live.checkout_changed();
        }
    });
    Ok(watcher)
}

/// Whether a file is another one now. To read it is an event as well.
fn is_change(event: &Event) -> bool {
    let is_shown = |path: &&Path| {
        let path = path.strip_prefix(workspace::root()).unwrap_or(path);
        !NOT_SHOWN.iter().any(|folder| path.starts_with(folder))
    };
    let mut paths = event.paths.iter().map(|path| &**path);
    !matches!(event.kind, EventKind::Access(_)) && paths.any(|path| is_shown(&path))
}

/// Waits for a change, and for the others that come with it. `false` where none will come any more.
fn wait(changes: &Receiver<()>) -> bool {
    if changes.recv().is_err() {
        return false;
    }
    loop {
        match changes.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}
