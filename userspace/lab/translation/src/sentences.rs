// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sentences in the code: ``t`Place ${place}.` `` in the book's scripts, `sentence!("Place {0}.", place)` in its
//! server.

use std::fs;

use anyhow::Result;
use lazy_regex::{Captures, regex};

use crate::{files, repository};

/// A sentence, and the file that contains it.
type Found = (String, String);

/// Returns the sentences of the scripts. `{0}` stands for the first value in one.
pub fn of_scripts() -> Result<Vec<Found>> {
    let mut all = collect("book/js", ".js", in_script)?;
    all.extend(collect("book/live/src", ".js", in_script)?);
    Ok(all)
}

/// Returns the sentences of the server.
pub fn of_server() -> Result<Vec<Found>> {
    collect("userspace/lab/server/src", ".rs", in_rust)
}

fn collect(folder: &str, end: &str, sentences: fn(&str) -> Vec<String>) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in files(folder, end)? {
        let code = fs::read_to_string(repository().join(&file))?;
        let found = sentences(&code).into_iter();
        all.extend(found.map(|sentence| (sentence, file.clone())));
    }
    Ok(all)
}

fn in_script(code: &str) -> Vec<String> {
    let said = regex!(r"\bt`((?:\$\{[^}]*\}|[^`])*)`");
    let sentences = said.captures_iter(code).map(|said| {
        let mut values = 0..;
        let numbered = regex!(r"\$\{[^}]*\}").replace_all(&said[1], |_: &Captures| {
            format!("{{{}}}", values.next().unwrap_or_default())
        });
        numbered.into_owned()
    });
    sentences.collect()
}

fn in_rust(code: &str) -> Vec<String> {
    let said = regex!(r#"\bsentence!\(\s*"((?:\\.|[^"\\])*)""#s);
    let sentences = said.captures_iter(code).map(|said| {
        let joined = regex!(r"\\\n\s*").replace_all(&said[1], "");
        joined.replace("\\\"", "\"")
    });
    sentences.collect()
}

#[cfg(test)]
mod tests {
    use super::{in_rust, in_script};

    #[test]
    fn values_in_scripts_have_numbers() {
        let script = "note(t`Place ${place} of ${all.length}.`, t`Run`, start`no`, `no`);";
        assert_eq!(in_script(script), ["Place {0} of {1}.", "Run"]);
    }

    #[test]
    fn a_sentence_of_the_server_is_what_rust_reads() {
        let code =
            "sentence!(\"Place {0}.\", place); sentence!(\n    \"A \\\"long\\\" \\\n     one.\"\n)";
        assert_eq!(in_rust(code), ["Place {0}.", "A \"long\" one."]);
    }
}
