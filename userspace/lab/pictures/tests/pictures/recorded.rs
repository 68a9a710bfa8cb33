// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that the descriptors of a picture are those of a recorded run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pictures::{Kind, Now, State};

use crate::run::{OpenFile, Run};
use crate::states::{repository, states};

#[test]
fn the_first_process_has_what_the_run_had() {
    for (name, state) in states() {
        let Some(recorded) = &state.recorded else {
            continue;
        };
        let path = repository().join("comparisons").join(&recorded.file);
        let recording = fs::read_to_string(&path).expect("a recording is text");
        let run = Run::read(&recording, recorded.after.as_deref());
        let [drawn, ran] = [drawn(&state), ran(run)];
        assert_eq!(drawn, ran, "{name}: drawn, and as {} has it", recorded.file);
    }
}

#[test]
fn files_have_the_names_that_proc_shows() {
    let mut recordings = String::new();
    read_all(&repository().join("comparisons"), &mut recordings);
    for (name, state) in states() {
        for file in state.file.values() {
            let shown = recordings.contains(&format!(" -> {}\n", file.name));
            assert!(shown, "{name}: no recording has {}", file.name);
        }
    }
}

/// A table in a form that can be compared: files are numbered in the order in which rows refer to
/// them.
#[derive(PartialEq, Eq, Debug)]
struct Table {
    rows: Vec<String>,
    received: Option<u32>,
    module: Option<usize>,
}

fn drawn(state: &State) -> Table {
    let holder = &state.holder[0];
    let descriptors = holder.descriptors.iter().filter(|it| it.now != Now::Gone);
    let descriptors = descriptors.map(|it| (it.number, (it.to.as_str(), it.cloexec)));
    let mappings = holder.mappings.iter().filter(|it| it.now != Now::Gone);
    let messages = state.holder.iter().flat_map(|it| &it.messages);
    let waiting = messages.clone().filter(|it| it.now != Now::Gone);
    let receiver = messages.last().and(state.holder.last());
    Table {
        rows: rows(
            descriptors,
            mappings.map(|it| it.to.as_str()),
            waiting.map(|it| it.to.as_str()),
        ),
        received: receiver.and_then(|it| it.descriptors.first().map(|it| it.number)),
        module: state
            .object
            .values()
            .find(|object| object.kind == Kind::Module)
            .map(|_| keepers(state)),
    }
}

/// Returns how many open files keep the module loaded.
fn keepers(state: &State) -> usize {
    let files = state.file.values();
    files
        .filter(|it| it.owner.is_some() && it.now != Now::Gone)
        .count()
}

fn ran(run: Run) -> Table {
    Table {
        rows: rows(
            run.descriptors.into_iter(),
            run.mappings.into_iter(),
            run.messages.into_iter(),
        ),
        received: run.received,
        module: run.module,
    }
}

fn rows<File: Ord + Copy>(
    descriptors: impl Iterator<Item = (u32, (File, bool))>,
    mappings: impl Iterator<Item = File>,
    messages: impl Iterator<Item = File>,
) -> Vec<String> {
    let mut names: BTreeMap<File, OpenFile> = BTreeMap::new();
    let mut name = |file| {
        let next = names.len() + 1;
        *names.entry(file).or_insert(next)
    };
    let mut rows = Vec::new();
    for (number, (file, cloexec)) in descriptors {
        let cloexec = if cloexec { ", close-on-exec" } else { "" };
        rows.push(format!("{number}: file {}{cloexec}", name(file)));
    }
    for file in mappings {
        rows.push(format!("a mapping of file {}", name(file)));
    }
    for file in messages {
        rows.push(format!("a message with file {}", name(file)));
    }
    rows
}

fn read_all(folder: &Path, into: &mut String) {
    let entries = fs::read_dir(folder).expect("comparisons/ can be read");
    for path in entries.map(|entry| entry.expect("an entry of comparisons/").path()) {
        match path.extension() {
            _ if path.is_dir() => read_all(&path, into),
            Some(kind) if kind == "txt" => *into += &read(path),
            _ => {}
        }
    }
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(path).expect("a recording is text")
}
