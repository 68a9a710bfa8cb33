// SPDX-License-Identifier: MIT OR Apache-2.0

//! The places where each failure is handled, in C and in Rust: the list of
//! `comparisons/c/failures.toml`, with the functions that contain the pieces of code at present.

use std::fs;

use anyhow::{Context, Result, ensure};
use lazy_regex::{Lazy, Regex, lazy_regex};
use serde::Deserialize;

use crate::comparisons::lists::read;
use crate::workspace;

/// Something that can fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub name: String,
    /// The errno that the program gets, if it gets one.
    pub user: Option<String>,
    pub c: Place,
    pub rust: Place,
    /// The test that causes the failure.
    pub test: Option<String>,
}

/// A piece of code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    file: String,
    code: String,
}

/// Returns the list.
pub fn all() -> Result<Vec<Failure>> {
    #[derive(Deserialize)]
    struct File {
        failure: Vec<Failure>,
    }
    let file: File = read("c/failures.toml")?;
    Ok(file.failure)
}

/// The beginning of a function or a table, in C and in Rust.
static DEFINITION: Lazy<Regex> = lazy_regex!(
    r#"(?m)^ *(?:static [^;=]*?\b(\w+)(?:\(| = \{)|(?:pub(?:\([a-z]+\))? )?(?:unsafe extern "C" )?(?:fn|const) (\w+))"#
);

impl Place {
    /// Returns the code, the function or table that contains it, and the file.
    pub fn cell(&self) -> Result<String> {
        let Place { file, code } = self;
        let path = workspace::root().join(file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failures.toml names {file}, which is not there"))?;
        let definition = definition(&text, code)
            .with_context(|| format!("`{code}` of failures.toml: {file}"))?;
        let code = code.replace('|', "\\|");
        Ok(format!("`{code}`<br>`{definition}`, {file}"))
    }
}

/// Returns the name of what contains a piece of code. The code must occur once; white space
/// does not matter. There are no line numbers, which would change with each edit of the file.
fn definition<'a>(text: &'a str, code: &str) -> Result<&'a str> {
    let words = |part: &str| {
        let words: Vec<_> = part.split_whitespace().map(regex::escape).collect();
        words.join(r"\s+")
    };
    let parts: Vec<_> = code.split('…').map(words).collect();
    let pattern = regex::Regex::new(&parts.join(r"[\s\S]*?"))?;
    let mut places = pattern.find_iter(text);
    let place = places.next().context("it is not there")?;
    ensure!(places.next().is_none(), "it is there more than once");
    let definitions = DEFINITION.captures_iter(text).filter_map(|definition| {
        let name = definition.get(1).or(definition.get(2))?;
        let begins = definition.get(0)?.start();
        (begins <= place.start()).then_some(name.as_str())
    });
    definitions.last().context("it is in no function")
}

#[cfg(test)]
mod tests {
    use super::definition;

    const C: &str = "\
static struct it *it_new(void)
{
	if (a)
		return 1;
	if (b)
		return 2;
}

static const struct file_operations fops = {
	.x = 1,
	.owner = THIS_MODULE,
};
";

    #[test]
    fn a_piece_is_found_whatever_its_white_space() {
        assert_eq!(definition(C, "if (a) return 1;").unwrap(), "it_new");
        assert_eq!(definition(C, "static struct it").unwrap(), "it_new");
        assert_eq!(definition(C, "fops = { … .owner").unwrap(), "fops");
    }

    #[test]
    fn a_function_of_rust_s_may_be_a_method() {
        let text = "impl It {\n    pub(crate) fn new() {\n        a()?;\n    }\n}\n";
        assert_eq!(definition(text, "a()?").unwrap(), "new");
    }

    #[test]
    fn a_piece_that_is_missing_or_not_the_only_one_is_refused() {
        assert!(definition(C, "if (c)").is_err());
        assert!(definition(C, "return").is_err());
    }
}
