// SPDX-License-Identifier: MIT OR Apache-2.0

//! `userspace/exercises/exercises.toml`: the list of exercises, in order.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::folder;

/// An exercise. Everything else about it is in its folder.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// Its position in the list, from 1 on.
    #[serde(skip)]
    pub number: usize,
    /// The name of its folder.
    pub name: String,
    /// The chapter of the book that it belongs to, without `.md`.
    pub chapter: String,
    /// How many minutes it takes somebody who has read the chapter.
    pub minutes: u32,
    /// Whether its starting point crashes the guest's kernel, on purpose.
    #[serde(default)]
    pub crashes: bool,
}

impl Exercise {
    /// Returns the folder with the task, the starting point, the solution and the checks.
    pub fn folder(&self) -> PathBuf {
        folder().join(&self.name)
    }

    /// Returns the module of the crate `exercises` with its checks.
    pub fn module(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// Returns all exercises, in order.
pub fn all() -> Result<Vec<Exercise>> {
    #[derive(Deserialize)]
    struct List {
        exercise: Vec<Exercise>,
    }
    let path = folder().join("exercises.toml");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let list: List = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let numbered = (1..).zip(list.exercise);
    Ok(numbered
        .map(|(number, exercise)| Exercise { number, ..exercise })
        .collect())
}

/// Returns the exercise with this number or name.
pub fn find(asked: &str) -> Result<Exercise> {
    let all = all()?;
    let is_asked = |exercise: &&Exercise| {
        exercise.name == asked
            || asked
                .parse()
                .is_ok_and(|number: usize| number == exercise.number)
    };
    if let Some(exercise) = all.iter().find(is_asked) {
        return Ok(exercise.clone());
    }
    let mut names = String::new();
    for exercise in all {
        write!(names, "\n{:>4}  {}", exercise.number, exercise.name)?;
    }
    bail!("there is no exercise `{asked}`. The exercises are:{names}")
}

#[cfg(test)]
mod tests {
    use super::{all, find};

    #[test]
    fn a_number_and_a_name_find_the_same() {
        for exercise in all().unwrap() {
            let by_number = find(&exercise.number.to_string()).unwrap();
            assert_eq!(by_number.name, exercise.name);
            assert_eq!(find(&exercise.name).unwrap().number, exercise.number);
        }
    }

    #[test]
    fn what_there_is_not_is_answered_by_what_there_is() {
        for asked in ["0", "99", "-1", "", "first"] {
            let error = find(asked).err().expect(asked).to_string();
            assert!(error.contains("1  first-ioctl"), "{error}");
        }
    }
}
