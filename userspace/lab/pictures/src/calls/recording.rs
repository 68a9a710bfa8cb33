// SPDX-License-Identifier: MIT OR Apache-2.0

//! A recording of `cargo lab trace`: the command, and a line for each call.

/// How much further in a call is than its caller.
const INDENT: usize = 2;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many calls lead to it.
    pub depth: usize,
    /// The function.
    pub function: String,
    /// The module that it is in, if it is in one.
    pub module: Option<String>,
    /// How often it was made, one time after the other.
    pub times: usize,
    /// The errno that it returned, such as `EINVAL`, if that is recorded.
    pub errno: Option<String>,
}

/// The calls of a recording, without those that the functions in `closed` make.
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

/// What is before a mark, and what is behind it, if it is there.
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
