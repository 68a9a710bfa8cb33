// SPDX-License-Identifier: MIT OR Apache-2.0

//! The compiler's messages, by source line.

use lazy_regex::regex_captures;
use serde::{Deserialize, Serialize};

use super::names::Names;

/// One message.
#[derive(Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// The path from the checkout's root.
    file: String,
    /// Counts from 1.
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    level: Level,
    message: String,
    /// The message as the compiler shows it in a terminal.
    rendered: String,
}

/// The severity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
}

/// A message of rustc, in JSON.
#[derive(Deserialize)]
struct FromRustc {
    message: String,
    level: String,
    spans: Vec<Span>,
    rendered: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    is_primary: bool,
    /// The call of the macro, for code that a macro generated.
    expansion: Option<Box<Expansion>>,
}

#[derive(Clone, Deserialize)]
struct Expansion {
    span: Span,
}

impl Diagnostic {
    /// Returns whether the message prevents the build.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// Returns the messages of rustc or gcc in these lines.
pub fn all(lines: &[String], names: &Names) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let diagnostic = match line.starts_with('{') {
            true => of_rustc(line, names),
            false => of_gcc(&lines[at..], names),
        };
        all.extend(diagnostic);
    }
    all
}

fn of_rustc(line: &str, names: &Names) -> Option<Diagnostic> {
    let said: FromRustc = serde_json::from_str(line).ok()?;
    let level = match &*said.level {
        "error" => Level::Error,
        "warning" => Level::Warning,
        _ => return None,
    };
    let mut place = said.spans.into_iter().find(|span| span.is_primary)?;
    // Prefers a line of the reader's code to one in a macro of the kernel.
    while names.file(&place.file_name).is_none()
        && let Some(expansion) = place.expansion
    {
        place = expansion.span;
    }
    Some(Diagnostic {
        file: known(&place.file_name, names),
        line: place.line_start,
        column: place.column_start,
        end_line: place.line_end,
        end_column: place.column_end,
        level,
        message: said.message,
        rendered: names.shown(&said.rendered.unwrap_or_default()),
    })
}

/// Returns the page's name for a file.
fn known(path: &str, names: &Names) -> String {
    names.file(path).unwrap_or_else(|| names.shown(path))
}

/// Parses `file:line:column: error: message`, followed by the source line.
fn of_gcc(lines: &[String], names: &Names) -> Option<Diagnostic> {
    let (_, file, line, column, level, message) = regex_captures!(
        r"^([^\s:][^:]*):(\d+):(\d+): (?:fatal )?(error|warning): (.*)$",
        &lines[0]
    )?;
    let (line, column) = (line.parse().ok()?, column.parse().ok()?);
    let shown = lines[1..]
        .iter()
        .take_while(|line| line.starts_with("  ") && line.contains('|'));
    let shown: Vec<_> = lines[..1]
        .iter()
        .chain(shown)
        .map(|line| names.shown(line))
        .collect();
    Some(Diagnostic {
        file: known(file, names),
        line,
        column,
        end_line: line,
        end_column: column + 1,
        level: match level {
            "error" => Level::Error,
            _ => Level::Warning,
        },
        message: message.to_owned(),
        rendered: shown.join("\n") + "\n",
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Diagnostic, Level, Names, all};

    fn said(lines: &[&str]) -> Vec<Diagnostic> {
        let lines: Vec<_> = lines.iter().map(|&line| line.to_owned()).collect();
        all(&lines, &Names::within(Path::new("/seat")))
    }

    #[test]
    fn gcc_says_file_line_and_column() {
        let said = said(&[
            "make[3]: Entering directory",
            "/seat/source/comparisons/c/hiboma.c:7:5: error: expected ‘;’ before ‘return’",
            "    7 |     a",
            "      |     ^",
            "make[3]: *** [hiboma.o] Error 1",
        ]);
        let expected = Diagnostic {
            file: "comparisons/c/hiboma.c".into(),
            line: 7,
            column: 5,
            end_line: 7,
            end_column: 6,
            level: Level::Error,
            message: "expected ‘;’ before ‘return’".into(),
            rendered: "comparisons/c/hiboma.c:7:5: error: expected ‘;’ before ‘return’\n    7 |     a\n      |     ^\n".into(),
        };
        assert_eq!(said, [expected]);
    }

    #[test]
    fn an_error_in_a_macro_is_at_the_reader_s_line() {
        let said = said(&[
            r#"{"message":"aborting due to 1 previous error","level":"error","rendered":"","spans":[]}"#,
            &[
                r#"{"message":"no","level":"error","rendered":"error: no\n --> /seat/source/module/vm.rs:3:1\n","spans":["#,
                r#"{"file_name":"/kernel/print.rs","line_start":1,"line_end":1,"column_start":1,"column_end":2,"is_primary":true,"expansion":{"span":"#,
                r#"{"file_name":"/seat/source/module/vm.rs","line_start":3,"line_end":4,"column_start":1,"column_end":9,"is_primary":true,"expansion":null}}}]}"#,
            ]
            .concat(),
        ]);
        assert_eq!(said.len(), 1);
        let told = (&*said[0].file, said[0].line, said[0].end_line);
        assert_eq!(told, ("module/vm.rs", 3, 4));
        assert_eq!(said[0].rendered, "error: no\n --> module/vm.rs:3:1\n");
    }
}
