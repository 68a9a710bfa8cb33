// SPDX-License-Identifier: MIT OR Apache-2.0

//! The README gives the reading order of the module, and the amount of code to read.

use std::fs;

use regex::Regex;

use crate::source::repository;

/// The number of lines that can be read in an afternoon.
const MOST_LINES: usize = 1500;

/// Returns the files in the list of the section "Read the module", in its order.
fn files(readme: &str) -> Vec<&str> {
    let (_, section) = readme
        .split_once("## Read the module\n")
        .expect("a section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let items = section.lines().filter(|line| line.starts_with("| "));
    let link = Regex::new(r"\]\((module/[^)]*\.rs)\)").expect("a pattern");
    items
        .flat_map(|item| link.captures_iter(item))
        .filter_map(|link| Some(link.get(1)?.as_str()))
        .collect()
}

/// Returns the number of lines without imports, comments and blank
/// lines. `use` and `mod` end with `;`, at the end of rustfmt's line.
fn lines_of_code(text: &str) -> usize {
    let import = Regex::new(r"^(pub(\([a-z]+\))? )?(use .*|mod \w+;)$").expect("a pattern");
    let mut in_import = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        in_import |= import.is_match(line);
        let is_import = in_import;
        in_import &= !line.ends_with(';');
        !(is_import || line.is_empty() || line.starts_with("//"))
    };
    text.lines().filter(is_code).count()
}

fn with_separator(number: usize) -> String {
    match number {
        1000.. => format!("{},{:03}", number / 1000, number % 1000),
        _ => number.to_string(),
    }
}

#[test]
fn the_readme_says_how_much_there_is_to_read() {
    let readme = fs::read_to_string(repository().join("README.md")).expect("README.md");
    let files = files(&readme);
    let lines = files.iter().map(|file| {
        let text = fs::read_to_string(repository().join(file));
        lines_of_code(&text.unwrap_or_else(|error| panic!("{file}: {error}")))
    });
    let lines = lines.sum();
    assert!(
        lines < MOST_LINES,
        "the way from `open` to an exit has {lines} lines: more than can be read in an afternoon"
    );
    let says = format!(
        "{} lines of code in {} files",
        with_separator(lines),
        files.len()
    );
    assert!(
        readme.replace('\n', " ").contains(&says),
        "README.md does not say that it is {says}"
    );
}

#[test]
fn imports_and_comments_are_not_counted() {
    let text = "\
//! A file.

mod a;
use a::b;
pub(crate) use c::{
    d,
    e, //
};

/// A function.
fn f() {
    g() // It does.
}
";
    assert_eq!(lines_of_code(text), 3);
}
