// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where each failure is seen to, in C and in Rust: the list of `comparisons/c/failures.toml`, with
//! the lines in which its pieces of code are today.

use std::fs;

use anyhow::{Context, Result, ensure};
use regex::Regex;
use serde::Deserialize;

use crate::workspace;

/// Something that can fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub name: String,
    /// What a program is told, if it is told.
    pub user: Option<String>,
    /// None, where the twin has nothing that could fail so.
    pub c: Option<Place>,
    pub rust: Place,
    /// The test that has it fail.
    pub test: Option<String>,
}

/// A piece of code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    file: String,
    code: String,
}

/// The list.
pub fn all() -> Result<Vec<Failure>> {
    #[derive(Deserialize)]
    struct File {
        failure: Vec<Failure>,
    }
    let list = workspace::root().join("comparisons/c/failures.toml");
    let file: File = toml::from_str(&fs::read_to_string(&list)?)
        .with_context(|| format!("{} is not as it should be", list.display()))?;
    Ok(file.failure)
}

impl Place {
    /// The code, and the file and line in which it begins.
    pub fn cell(&self) -> Result<String> {
        let Place { file, code } = self;
        let path = workspace::root().join(file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failures.toml names {file}, which is not there"))?;
        let line =
            line(&text, code).with_context(|| format!("`{code}` of failures.toml: {file}"))?;
        Ok(format!("`{}`<br>{file}:{line}", code.replace('|', "\\|")))
    }
}

/// The line in which a piece of code begins, which is there once, whatever its white space.
fn line(text: &str, code: &str) -> Result<usize> {
    let words = |part: &str| {
        let words: Vec<_> = part.split_whitespace().map(regex::escape).collect();
        words.join(r"\s+")
    };
    let parts: Vec<_> = code.split('…').map(words).collect();
    let pattern = Regex::new(&parts.join(r"[\s\S]*?"))?;
    let mut places = pattern.find_iter(text);
    let place = places.next().context("it is not there")?;
    ensure!(places.next().is_none(), "it is there more than once");
    Ok(text[..place.start()].lines().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::line;

    const TEXT: &str =
        "int a;\n\nif (a)\n\treturn 1;\nif (b)\n\treturn 2;\nfops = {\n\t.x = 1,\n\t.owner\n";

    #[test]
    fn a_piece_is_found_whatever_its_white_space() {
        assert_eq!(line(TEXT, "if (a) return 1;").unwrap(), 3);
        assert_eq!(line(TEXT, "return 2;").unwrap(), 6);
        assert_eq!(line(TEXT, "fops = { … .owner").unwrap(), 7);
    }

    #[test]
    fn a_piece_that_is_missing_or_not_the_only_one_is_refused() {
        assert!(line(TEXT, "if (c)").is_err());
        assert!(line(TEXT, "return").is_err());
    }
}
