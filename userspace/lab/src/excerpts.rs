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
    /// It is kept as `comparisons/kernel/NAME.c`.
    pub name: String,
    /// The file it comes from, in the kernel's tree.
    file: PathBuf,
    /// How its first line starts. It goes on to the end of the statement, or of the function.
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
        folder().join(&self.name).with_extension("c")
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
        let header = "/* SPDX-License-Identifier: GPL-2.0-only */";
        let (release, file) = (kernel.release()?, self.file.display());
        Ok(format!("{header}\n/* Linux {release}, {file} */\n{piece}"))
    }
}

/// From the first line that starts with `starts` to the end of what begins there.
fn piece(text: &str, starts: &str) -> Option<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with(starts));
    let mut piece = String::new();
    let mut in_block = false;
    for line in lines {
        piece.push_str(line);
        piece.push('\n');
        in_block |= line.contains('{');
        let ends = if in_block {
            line.starts_with('}')
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

    const TEXT: &str = "int a;\n\nint f(void)\n{\n\tif (a) {\n\t\treturn 1;\n\t}\n}\n\nint g(int x,\n      int y);\n";

    #[test]
    fn a_function_goes_to_its_brace_and_a_declaration_to_its_semicolon() {
        let f = "int f(void)\n{\n\tif (a) {\n\t\treturn 1;\n\t}\n}\n";
        assert_eq!(piece(TEXT, "int f(").as_deref(), Some(f));
        assert_eq!(
            piece(TEXT, "int g(").as_deref(),
            Some("int g(int x,\n      int y);\n")
        );
        assert_eq!(piece(TEXT, "int h("), None);
    }
}
