// SPDX-License-Identifier: MIT OR Apache-2.0

//! Counts lines of code, without blank lines and comments.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace;

/// Files that belong together.
pub struct Files {
    /// Their folder.
    pub folder: &'static str,
    /// Their names.
    pub names: &'static [&'static str],
}

impl Files {
    /// Returns the number of their lines of code, and their names.
    pub fn cell(&self) -> Result<String> {
        let mut lines = 0;
        for name in self.names {
            let path = workspace::root().join(self.folder).join(name);
            let text = fs::read_to_string(&path)
                .with_context(|| format!("{} is not there", path.display()))?;
            lines += count(&text);
        }
        let names: Vec<_> = self.names.iter().map(|name| format!("`{name}`")).collect();
        Ok(format!("{lines}<br>{}", names.join(" ")))
    }
}

/// Counts the lines that have something other than a comment: C and Rust have the same two kinds of
/// comments. A comment's beginning inside a string counts as a comment.
fn count(text: &str) -> usize {
    let mut in_comment = false;
    let has_code = |line: &&str| {
        let mut rest = *line;
        let mut code = false;
        loop {
            if in_comment {
                let Some((_, after)) = rest.split_once("*/") else {
                    return code;
                };
                rest = after;
                in_comment = false;
            }
            let line_comment = rest.find("//").unwrap_or(rest.len());
            let block = rest[..line_comment].find("/*");
            code |= !rest[..block.unwrap_or(line_comment)].trim().is_empty();
            let Some(start) = block else {
                return code;
            };
            rest = &rest[start + 2..];
            in_comment = true;
        }
    };
    text.lines().filter(has_code).count()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::count;
    use crate::workspace;

    #[test]
    fn the_tiny_module_has_at_most_100_lines_and_no_unsafe_ones() {
        let path = workspace::root().join("module/hiboma_tiny.rs");
        let text = fs::read_to_string(path).unwrap();
        let lines = count(&text);
        assert!(lines <= 100, "{lines} lines");
        assert!(!text.contains("unsafe"));
    }

    #[test]
    fn comments_and_blank_lines_are_no_code() {
        let text = "\
// a comment

/* another, /* of
 * three lines
 */
int a; // code
/* a comment */ int b;
    /// a comment
int c; /* a comment that
ends here */ int d; /* and */ /* more */
";
        assert_eq!(count(text), 4);
    }
}
