// SPDX-License-Identifier: MIT OR Apache-2.0

//! A recording of `cargo lab trace`: the command, and one line for each call.

/// The indentation of a call, relative to its caller.
const INDENT: usize = 2;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The depth in the call graph.
    pub depth: usize,
    /// The function.
    pub function: String,
    /// The module of the function, if it is in one.
    pub module: Option<String>,
    /// How often it was called in a row.
    pub times: usize,
    /// The errno that it returned, such as `EINVAL`, if it is recorded.
    pub errno: Option<String>,
}

/// Returns the calls of a recording, without those that functions in `closed` make.
pub fn lines(recording: &str, closed: &[String]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut inside = usize::MAX;
    for line in recording.lines().skip(1).map(Line::read) {
        if line.depth <= inside {
            let is_closed = closed.contains(&line.function);
            inside = if is_closed { line.depth } else { usize::MAX };
            lines.push(line);
        }
    }
    lines
}

impl Line {
    /// Reads `  kvm_put_kvm [kvm] × 2 = -EINVAL`.
    fn read(text: &str) -> Self {
        let call = text.trim_start();
        let (call, errno) = split(call, " = -");
        let (call, times) = split(call, " × ");
        let (function, module) = split(call, " [");
        Line {
            depth: (text.len() - text.trim_start().len()) / INDENT,
            function: function.to_owned(),
            module: module.map(|it| it.trim_end_matches(']').to_owned()),
            times: times.and_then(|it| it.parse().ok()).unwrap_or(1),
            errno: errno.map(str::to_owned),
        }
    }
}

/// Returns the text before a mark, and the text behind it, if the mark is there.
fn split<'a>(text: &'a str, mark: &str) -> (&'a str, Option<&'a str>) {
    match text.rsplit_once(mark) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, lines};

    #[test]
    fn each_line_is_a_call() {
        let text =
            "$ cargo lab trace\nVm::f::<A, B> [hiboma] × 2 = -EINVAL\n  free\n    page\n  last\n";
        let call = |depth, function: &str| Line {
            depth,
            function: function.to_owned(),
            module: None,
            times: 1,
            errno: None,
        };
        let first = Line {
            module: Some("hiboma".to_owned()),
            times: 2,
            errno: Some("EINVAL".to_owned()),
            ..call(0, "Vm::f::<A, B>")
        };
        let calls = [first, call(1, "free"), call(1, "last")];
        assert_eq!(lines(text, &["free".to_owned()]), calls);
    }
}
