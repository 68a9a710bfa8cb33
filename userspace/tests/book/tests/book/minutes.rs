// SPDX-License-Identifier: MIT OR Apache-2.0

//! The teacher's timetables add up, and give no chapter more time than it says it takes.

use std::collections::BTreeMap;
use std::fs;

use crate::source::{book, chapters};

/// How long a chapter takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Minutes {
    reading: u32,
    keyboard: u32,
}

#[test]
fn what_a_chapter_takes_is_the_sum_of_its_halves() {
    for (chapter, line) in lines() {
        let [total, reading, keyboard] = numbers(&line)[..] else {
            panic!("{chapter}: \"60 minutes: 40 to read, 20 at the keyboard.\", not {line:?}")
        };
        assert_eq!(total, reading + keyboard, "{chapter}: {line}");
    }
}

#[test]
fn the_table_of_all_chapters_agrees_with_them() {
    let mut rows = table("| chapter | to read | at the keyboard | in all |");
    let sum = rows.pop().expect("a row for the sum");
    let takes = takes();
    let names: Vec<&str> = rows.iter().filter_map(|row| link(row)).collect();
    for name in takes.keys() {
        assert!(names.contains(&name.as_str()), "the table has no {name}");
    }
    for row in &rows {
        let name = link(row).expect("a chapter");
        let Minutes { reading, keyboard } = takes[name];
        let says = [reading, keyboard, reading + keyboard];
        assert_eq!(three(row), says, "the row of {name}, and {name}");
    }
    let add = |column: usize| rows.iter().map(|row| three(row)[column]).sum::<u32>();
    assert_eq!(three(&sum), [0, 1, 2].map(add), "the sum");
}

#[test]
fn the_timetables_add_up() {
    let takes = takes();
    let rows = table("| from | minutes | what |");
    assert!(rows.len() > 3, "no timetables");
    for two in rows.windows(2) {
        let [here, next] = [&two[0], &two[1]];
        // The last row of a timetable says when it ends.
        let Some(&minutes) = numbers(&here[1]).first() else {
            continue;
        };
        let end = clock(&here[0]) + minutes;
        assert_eq!(end, clock(&next[0]), "from {} to {}", here[0], next[0]);
        if let Some(chapter) = link(here) {
            let it = takes[chapter];
            let most = it.reading + it.keyboard;
            assert!(minutes <= most, "{chapter} takes {most}, and has {minutes}");
        }
    }
    let last = rows.last().expect("a last row");
    assert!(last[1].is_empty(), "the last row says when it ends");
}

/// The line of each chapter that has one.
fn lines() -> Vec<(String, String)> {
    let line = |text: &str| {
        let (_, rest) = text.split_once("<p class=\"minutes\">")?;
        Some(rest.split_once("</p>")?.0.to_owned())
    };
    let chapters = chapters().into_iter();
    chapters
        .filter_map(|chapter| Some((chapter.name(), line(&chapter.text)?)))
        .collect()
}

fn takes() -> BTreeMap<String, Minutes> {
    let minutes = |line: &str| match numbers(line)[..] {
        [_, reading, keyboard] => Minutes { reading, keyboard },
        _ => Minutes::default(),
    };
    let lines = lines().into_iter();
    lines.map(|(name, line)| (name, minutes(&line))).collect()
}

/// The cells of all rows below each such header in the teacher's guide.
fn table(header: &str) -> Vec<Vec<String>> {
    let guide = fs::read_to_string(book().join("src/teaching.md")).expect("the guide is there");
    let tables = guide.split(header).skip(1);
    let rows = tables.flat_map(|table| table.lines().skip(2).take_while(|it| it.starts_with('|')));
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// The chapter that a row links to.
fn link(row: &[String]) -> Option<&str> {
    let cell = row.iter().find(|cell| cell.contains("]("))?;
    Some(cell.split_once("](")?.1.split_once(')')?.0)
}

fn three(row: &[String]) -> [u32; 3] {
    [1, 2, 3].map(|column| numbers(&row[column])[0])
}

/// A time of day, in minutes.
fn clock(time: &str) -> u32 {
    match numbers(time)[..] {
        [hours, minutes] => 60 * hours + minutes,
        _ => panic!("{time:?} is no time of day"),
    }
}

fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}
