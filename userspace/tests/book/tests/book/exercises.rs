// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each exercise is in its chapter, and all are in a table, as `userspace/exercises/exercises.toml` lists them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::source::{Chapter, chapters, listings, read_toml, repository};

#[derive(serde::Deserialize)]
struct Exercise {
    name: String,
    chapter: String,
    minutes: u32,
}

static EXERCISES: LazyLock<Vec<Exercise>> = LazyLock::new(|| {
    #[derive(serde::Deserialize)]
    struct List {
        exercise: Vec<Exercise>,
    }
    let list: List = read_toml("userspace/exercises/exercises.toml");
    list.exercise
});

impl Exercise {
    fn folder(&self) -> PathBuf {
        Path::new("userspace/exercises").join(&self.name)
    }

    fn readme(&self) -> String {
        let path = repository().join(self.folder()).join("README.md");
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn title(&self) -> String {
        title(&self.readme())
    }

    /// Returns its kind, by the file in its starting point.
    fn kind(&self) -> &'static str {
        let start = repository().join(self.folder()).join("start");
        let kinds = [
            ("exercise.rs", "module, Rust"),
            ("exercise.c", "module, C"),
            ("main.rs", "program, Rust"),
        ];
        let kind = kinds.iter().find(|(file, _)| start.join(file).exists());
        kind.unwrap_or_else(|| panic!("{}: nothing to start from", self.name))
            .1
    }

    fn chapter(&self) -> Chapter {
        let name = format!("{}.md", self.chapter);
        let mut chapters = chapters().into_iter();
        let chapter = chapters.find(|chapter| chapter.name() == name);
        chapter.unwrap_or_else(|| panic!("{}: no chapter {name}", self.name))
    }
}

fn title(text: &str) -> String {
    let title = text.lines().find_map(|line| line.strip_prefix("# "));
    title.expect("a title").to_owned()
}

/// Returns the minutes of the exercise with this name, if there is one.
pub fn minutes(name: &str) -> Option<u32> {
    let exercise = EXERCISES.iter().find(|it| it.name == name);
    exercise.map(|it| it.minutes)
}

/// Returns the name of each exercise, with its task and hints.
pub fn readmes() -> Vec<(String, String)> {
    let exercises = EXERCISES.iter();
    exercises.map(|it| (it.name.clone(), it.readme())).collect()
}

/// Returns whether this part of this file is the task of an exercise.
pub fn is_task(path: &Path, part: &str) -> bool {
    let mut exercises = EXERCISES.iter();
    part == "task" && exercises.any(|it| path == it.folder().join("README.md"))
}

#[test]
fn every_exercise_is_in_its_chapter() {
    for exercise in EXERCISES.iter() {
        let readme = Path::new("../..").join(exercise.folder()).join("README.md");
        let included: Vec<_> = chapters()
            .iter()
            .filter(|chapter| chapter.includes().contains(&(readme.clone(), "task")))
            .map(Chapter::name)
            .collect();
        assert_eq!(included, [exercise.chapter().name()], "{}", exercise.name);
    }
}

#[test]
fn the_table_is_of_the_list() {
    let rows = (1..).zip(EXERCISES.iter()).map(|(number, exercise)| {
        format!(
            "| {number} | `{}` | {} | {} | {} | [{}]({}.md) |",
            exercise.name,
            exercise.title(),
            exercise.kind(),
            exercise.minutes,
            title(&exercise.chapter().text),
            exercise.chapter,
        )
    });
    let chapter = chapters()
        .into_iter()
        .find(|it| it.name() == "exercises.md");
    let chapter = chapter.expect("exercises.md");
    let table = chapter.text.lines().filter(|line| line.starts_with("| "));
    // Skips the header and the line below it.
    let table: Vec<_> = table.skip(2).map(str::to_owned).collect();
    assert_eq!(table, rows.collect::<Vec<_>>());
}

#[test]
fn one_place_of_each_start_says_what_is_to_be_written() {
    for exercise in EXERCISES.iter() {
        let start = repository().join(exercise.folder()).join("start");
        let files = fs::read_dir(start).expect("a starting point");
        let texts =
            files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("a text"));
        let places: usize = texts.map(|text| text.matches("TODO: ").count()).sum();
        assert_eq!(places, 1, "{}", exercise.name);
    }
}

#[test]
fn no_code_is_typed_in_a_task_or_a_hint() {
    for exercise in EXERCISES.iter() {
        let typed = listings(&exercise.readme());
        assert!(typed.is_empty(), "{}: a block of code", exercise.name);
    }
}
