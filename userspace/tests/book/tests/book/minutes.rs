// SPDX-License-Identifier: MIT OR Apache-2.0

//! The teacher's timetables add up, and match the minutes of the chapters and exercises.

use std::collections::BTreeMap;
use std::fs;

use crate::source::{book, chapters};

/// The minutes of a chapter.
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

/// A row of a timetable.
struct Slot {
    from: u32,
    minutes: Option<u32>,
    told: u32,
    keyboard: u32,
    exercise: u32,
    what: String,
}

#[test]
fn the_timetables_add_up() {
    for timetable in timetables() {
        for two in timetable.windows(2) {
            let [here, next] = two else { unreachable!() };
            let minutes = here.minutes.expect("only the last row has no minutes");
            assert_eq!(here.from + minutes, next.from, "{}", here.what);
        }
        let end = timetable.last().expect("a last row");
        assert_eq!(end.minutes, None, "the last row says when it ends");
        let slack = timetable.iter().filter(|it| it.what.starts_with("Slack"));
        let slack: u32 = slack.filter_map(|it| it.minutes).sum();
        assert!(slack >= 30, "{slack} minutes of slack");
    }
}

#[test]
fn the_timetables_are_made_from_the_minutes() {
    let takes = takes();
    for timetable in timetables() {
        for slot in &timetable {
            let parts = slot.told + slot.keyboard + slot.exercise;
            let what = &slot.what;
            let exercises = exercises(what);
            // The first one in a cell counts; others are for fast learners.
            let exercise = exercises.first().map_or(0, |(_, minutes)| *minutes);
            assert_eq!(slot.exercise, exercise, "{what}: the exercise");
            let Some(chapter) = link_in(what) else {
                let is_all = slot.exercise == 0 || Some(parts) == slot.minutes;
                assert!(is_all, "{what}: {parts} minutes");
                continue;
            };
            assert_eq!(Some(parts), slot.minutes, "{what}");
            let Minutes { reading, keyboard } = takes[chapter];
            let told = match what.contains("skeleton") {
                true => 10,
                false => (reading.div_ceil(2)).next_multiple_of(5),
            };
            assert_eq!(slot.told, told, "{what}: told");
            let is_whole = slot.keyboard == 0 || slot.keyboard == keyboard;
            assert!(is_whole, "{what}: {keyboard} at the keyboard");
        }
        let place = |text: &str| timetable.iter().position(|it| it.what.contains(text));
        if let Some(exercise) = place("`make-a-descriptor`") {
            let owners = place("](private-data.md)");
            let in_order = owners.is_some_and(|it| it < exercise);
            assert!(in_order, "make-a-descriptor needs who owns private data");
        }
    }
}

/// Returns the graded exercises in a cell, and the minutes of each: the
/// first Rust exercise with an owner takes a C programmer twice its minutes.
fn exercises(what: &str) -> Vec<(String, u32)> {
    let names = what.split('`').skip(1).step_by(2);
    let taken = names.filter_map(|name| {
        let minutes = crate::exercises::minutes(name)?;
        let factor = if name == "make-a-descriptor" { 2 } else { 1 };
        Some((name.to_owned(), minutes * factor))
    });
    taken.collect()
}

fn timetables() -> Vec<Vec<Slot>> {
    let rows = table("| from | minutes | told | keyboard | exercise | what |");
    let mut timetables = vec![Vec::new()];
    for row in rows {
        let number = |column: usize| numbers(&row[column]).first().copied();
        let slot = Slot {
            from: clock(&row[0]),
            minutes: number(1),
            told: number(2).unwrap_or_default(),
            keyboard: number(3).unwrap_or_default(),
            exercise: number(4).unwrap_or_default(),
            what: row[5].clone(),
        };
        let is_last = slot.minutes.is_none();
        timetables.last_mut().expect("one").push(slot);
        if is_last {
            timetables.push(Vec::new());
        }
    }
    assert!(timetables.pop().is_some_and(|it| it.is_empty()), "no end");
    assert!(timetables.len() > 1, "no timetables");
    timetables
}

/// Returns the minutes line of each chapter that has one.
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

/// Returns the cells of all rows below each such header in the teacher's guide.
fn table(header: &str) -> Vec<Vec<String>> {
    let guide = fs::read_to_string(book().join("src/teaching.md")).expect("the guide is there");
    let tables = guide.split(header).skip(1);
    let rows = tables.flat_map(|table| table.lines().skip(2).take_while(|it| it.starts_with('|')));
    rows.map(|row| {
        let row = row.trim_start_matches('|').trim_end();
        let cells = row.strip_suffix('|').unwrap_or(row).split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// Returns the chapter that a row links to.
fn link(row: &[String]) -> Option<&str> {
    row.iter().find_map(|cell| link_in(cell))
}

fn link_in(cell: &str) -> Option<&str> {
    Some(cell.split_once("](")?.1.split_once(')')?.0)
}

fn three(row: &[String]) -> [u32; 3] {
    [1, 2, 3].map(|column| numbers(&row[column])[0])
}

/// Returns a time of day in minutes.
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
