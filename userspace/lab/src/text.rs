// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text on a terminal.

use console::Term;
use textwrap::Options;

/// Returns the terminal's width, if standard output is a terminal; text in a pipe is not wrapped.
pub fn columns() -> Option<u16> {
    let size = Term::stdout().size_checked()?;
    Some(size.1)
}

/// Wraps a line at words. All lines but the first get this indentation.
pub fn wrapped(line: &str, indentation: &str, columns: Option<u16>) -> String {
    let Some(columns) = columns else {
        return line.to_owned();
    };
    let options = Options::new(columns.into())
        .subsequent_indent(indentation)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(line, options)
}

/// Wraps text for standard error.
pub fn wrapped_error(text: &str) -> String {
    let size = Term::stderr().size_checked();
    wrapped(text, "", size.map(|size| size.1))
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn a_line_is_wrapped_at_words_and_only_on_a_terminal() {
        let line = "ok  gcc: 12.2.0: it compiles the-kernel's-C";
        assert_eq!(wrapped(line, "", None), line);
        let told = "ok  gcc: 12.2.0:\n    it compiles\n    the-kernel's-C";
        assert_eq!(wrapped(line, "    ", Some(18)), told);
    }
}
