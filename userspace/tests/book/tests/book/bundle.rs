// SPDX-License-Identifier: MIT OR Apache-2.0

//! `book/live/dist/`, which the live book loads: it matches its sources, and is small.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use regex::Regex;
use walkdir::WalkDir;

use crate::source::book;

/// The maximum size of a page's first load, in bytes.
const FIRST: usize = 15_000;

/// The maximum compressed size of everything that the browser may load of it, in bytes.
const ALL: usize = 400_000;

#[test]
fn the_bundle_is_what_npm_builds_of_its_sources() {
    if Command::new("npm").arg("--version").output().is_err() {
        // Not by `eprintln!`, which is shown only for failed tests.
        let _ = writeln!(
            stderr(),
            "the_bundle_is_what_npm_builds_of_its_sources did not run: there is no npm here"
        );
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bundle/live");
    copy_sources("js", &folder.with_file_name("js"));
    copy_sources("live", &folder);
    npm(&folder, &["ci", "--ignore-scripts"]);
    npm(&folder, &["run", "build"]);
    let (built, kept) = (files(&folder.join("dist")), files(&dist()));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    let build = "`npm ci && npm run build` in book/live builds it again";
    assert_eq!(names(&built), names(&kept), "{build}");
    for (name, bytes) in built {
        assert!(bytes == kept[&name], "{}: {build}", name.display());
    }
}

#[test]
fn a_page_loads_little_before_anything_is_used() {
    let scripts = at_once("live.js");
    let bytes: usize = scripts.iter().map(|name| read(name).len()).sum();
    assert!(bytes <= FIRST, "{scripts:?} have {bytes} bytes");
}

#[test]
fn all_tools_together_are_small() {
    let bytes: usize = files(&dist())
        .iter()
        .filter(|(name, _)| name.extension().is_some_and(|kind| kind != "txt"))
        .map(|(_, bytes)| compressed(bytes))
        .sum();
    assert!(bytes <= ALL, "{bytes} bytes, compressed");
}

fn dist() -> PathBuf {
    book().join("live/dist")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(dist().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns a script, and those that the browser loads before it runs.
fn at_once(script: &str) -> BTreeSet<String> {
    let import = Regex::new(r#"(?:from|import)"\./([^"]+)""#).expect("a regular expression");
    let mut all = BTreeSet::new();
    let mut waiting = vec![script.to_owned()];
    while let Some(name) = waiting.pop() {
        let text = String::from_utf8(read(&name)).expect("a script");
        let imported = import.captures_iter(&text).map(|it| it[1].to_owned());
        waiting.extend(imported.filter(|it| !all.contains(it)));
        all.insert(name);
    }
    all
}

fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it").len()
}

/// Returns every file of a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = WalkDir::new(folder).into_iter();
    let entries = entries.map(|entry| entry.expect("an entry of the folder"));
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("it is in it");
            let bytes = fs::read(entry.path()).expect("it can be read");
            (name.to_owned(), bytes)
        })
        .collect()
}

/// Copies all sources, but not npm's own files.
fn copy_sources(of: &str, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    let sources = book().join(of);
    let entries = WalkDir::new(&sources).into_iter();
    let entries =
        entries.filter_entry(|it| it.file_name() != "node_modules" && it.file_name() != "dist");
    for entry in entries {
        let entry = entry.expect("an entry of the book");
        let copy = folder.join(entry.path().strip_prefix(&sources).expect("it is in it"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(copy).expect("a folder");
        } else {
            fs::copy(entry.path(), copy).expect("a copy");
        }
    }
}

fn npm(folder: &Path, arguments: &[&str]) {
    let output = Command::new("npm")
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.expect("npm starts");
    assert!(
        output.status.success(),
        "npm {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
