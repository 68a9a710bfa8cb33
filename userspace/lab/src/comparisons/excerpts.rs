// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's own C in the book: pieces cut out of the source that the lab's kernel is built
//! from, as `comparisons/kernel/excerpts.toml` lists them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::build::Kernel;
use crate::workspace;

/// One piece of one file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excerpt {
    /// The file that keeps it, in `comparisons/kernel/`.
    pub name: String,
    /// The file it comes from, in the kernel's tree.
    file: PathBuf,
    /// How its first line starts. It goes on to the end of what begins there.
    starts: String,
}

/// All excerpts.
pub fn all() -> Result<Vec<Excerpt>> {
    #[derive(Deserialize)]
    struct File {
        excerpt: Vec<Excerpt>,
    }
    let list = folder().join("excerpts.toml");
    let file: File = toml::from_str(&fs::read_to_string(&list)?)
        .with_context(|| format!("{} is not as it should be", list.display()))?;
    Ok(file.excerpt)
}

fn folder() -> PathBuf {
    workspace::root().join("comparisons/kernel")
}

impl Excerpt {
    /// Where it is kept.
    pub fn path(&self) -> PathBuf {
        folder().join(&self.name)
    }

    /// Cuts it out of the source that this kernel was built from.
    pub fn cut(&self, kernel: &Kernel) -> Result<String> {
        let text = fs::read_to_string(kernel.source.join(&self.file))
            .with_context(|| format!("{} is not in the kernel's source", self.file.display()))?;
        let piece = piece(&text, &self.starts).with_context(|| {
            format!(
                "no line of {} starts with \"{}\"",
                self.file.display(),
                self.starts
            )
        })?;
        // Each file keeps the licence that it comes with.
        let licence = text
            .split("SPDX-License-Identifier: ")
            .nth(1)
            .unwrap_or_default();
        let licence = licence
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end_matches("*/")
            .trim();
        let header = format!("/* SPDX-License-Identifier: {licence} */");
        let (release, file) = (kernel.release()?, self.file.display());
        Ok(format!("{header}\n/* Linux {release}, {file} */\n{piece}"))
    }
}

/// From the first line that starts with `starts` to the end of what begins there: a macro, a block
/// in braces, or a statement.
fn piece(text: &str, starts: &str) -> Option<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with(starts));
    let indentation = starts.len() - starts.trim_start().len();
    let brace = format!("{}}}", &starts[..indentation]);
    let mut piece = String::new();
    let mut in_block = false;
    for line in lines {
        piece.push_str(line);
        piece.push('\n');
        in_block |= line.contains('{');
        let ends = if starts.starts_with('#') {
            !line.ends_with('\\')
        } else if in_block {
            // Where an `else` follows, that belongs to it.
            line.starts_with(&brace) && !line.ends_with('{')
        } else {
            line.ends_with(';')
        };
        if ends {
            return Some(piece);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::piece;

    const TEXT: &str = "\
#define A(x) \\
\t(x)
int a;

int f(void)
{
\tif (a) {
\t\treturn 1;
\t} else {
\t\treturn 2;
\t}
}

int g(int x,
      int y);
";

    #[track_caller]
    fn assert_piece(starts: &str, expected: &str) {
        assert_eq!(piece(TEXT, starts).as_deref(), Some(expected));
    }

    #[test]
    fn a_macro_goes_to_its_last_continued_line() {
        assert_piece("#define A", "#define A(x) \\\n\t(x)\n");
    }

    #[test]
    fn a_block_goes_to_the_brace_below_its_start() {
        assert_piece(
            "int f(",
            "int f(void)\n{\n\tif (a) {\n\t\treturn 1;\n\t} else {\n\t\treturn 2;\n\t}\n}\n",
        );
        assert_piece(
            "\tif (a)",
            "\tif (a) {\n\t\treturn 1;\n\t} else {\n\t\treturn 2;\n\t}\n",
        );
    }

    #[test]
    fn a_statement_goes_to_its_semicolon() {
        assert_piece("int g(", "int g(int x,\n      int y);\n");
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(piece(TEXT, "int h("), None);
    }
}
