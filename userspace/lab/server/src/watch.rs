// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rebuilds the book after edits of its sources.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use lab::workspace;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::live::Live;

/// The folders that pages are made from.
const SHOWN: [&str; 5] = [
    "book",
    "comparisons",
    "module",
    "userspace/pairs",
    "userspace/exercises",
];

/// Parts of them that are on no page: the output of `mdbook build`, and a learner's copies.
const NOT_SHOWN: [&str; 2] = ["book/book", "userspace/exercises/mine"];

/// How long to wait for further changes: editors and git change a file several times.
const QUIET: Duration = Duration::from_millis(200);

/// Rebuilds the book after a change of its files, for as long as this exists.
pub fn start(live: &Arc<Live>) -> Result<RecommendedWatcher> {
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // It fails if the server has ended.
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

/// Returns whether a file has changed. Reading it is an event as well.
fn is_change(event: &Event) -> bool {
    let is_shown = |path: &&Path| {
        let path = path.strip_prefix(workspace::root()).unwrap_or(path);
        !NOT_SHOWN.iter().any(|folder| path.starts_with(folder))
    };
    let mut paths = event.paths.iter().map(|path| &**path);
    !matches!(event.kind, EventKind::Access(_)) && paths.any(|path| is_shown(&path))
}

/// Waits for a change, and for those that follow it. Returns `false` if none can come any more.
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
