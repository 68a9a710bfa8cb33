// SPDX-License-Identifier: MIT OR Apache-2.0

//! Reads an exercise's `README.md`: a title, the task between two
//! anchors (for the book), and hints, each folded in a `<details>`.

use std::fs;

use anyhow::{Context, Result};

use super::Exercise;

/// The contents of a README.
pub struct Readme {
    /// Its heading.
    pub title: String,
    /// The task.
    pub task: String,
    /// The hints, from vague to specific.
    pub hints: Vec<String>,
}

impl Readme {
    /// Reads the README of an exercise.
    pub fn of(exercise: &Exercise) -> Result<Self> {
        let path = exercise.folder().join("README.md");
        fs::read_to_string(&path)
            .map_err(anyhow::Error::from)
            .and_then(|text| Readme::parse(&text))
            .with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let title = text.lines().find_map(|line| line.strip_prefix("# "));
        let title = title.context("no line begins with `# `, so there is no title")?;
        let task = between(text, "<!-- ANCHOR: task -->", "<!-- ANCHOR_END: task -->")
            .next()
            .context("no task between the anchors `task`")?;
        let hints = between(text, "<details>", "</details>").map(|hint| {
            // The summary is the visible part of a folded hint.
            let text = hint.split_once("</summary>").map_or(hint, |(_, text)| text);
            text.trim().to_owned()
        });
        Ok(Readme {
            title: title.to_owned(),
            task: task.trim().to_owned(),
            hints: hints.collect(),
        })
    }
}

fn between<'a>(text: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(begin)
        .skip(1)
        .filter_map(move |rest| Some(rest.split_once(end)?.0))
}

#[cfg(test)]
mod tests {
    use super::Readme;

    const README: &str = "\
<!-- SPDX-License-Identifier: CC-BY-4.0 -->
# Count to two

<!-- ANCHOR: task -->
Count.
<!-- ANCHOR_END: task -->

<details><summary>Hint 1</summary>

Begin at one.

</details>
<details><summary>Hint 2</summary>Go on.</details>
";

    #[test]
    fn title_task_and_hints_are_told_apart() {
        let readme = Readme::parse(README).unwrap();
        assert_eq!(readme.title, "Count to two");
        assert_eq!(readme.task, "Count.");
        assert_eq!(readme.hints, ["Begin at one.", "Go on."]);
    }

    #[test]
    fn without_a_task_there_is_no_exercise() {
        assert!(Readme::parse("# Count to two\n").is_err());
    }
}
