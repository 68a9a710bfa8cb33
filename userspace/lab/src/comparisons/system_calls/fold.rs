// SPDX-License-Identifier: MIT OR Apache-2.0

//! Merges repeated calls into one line.

use super::call::Call;

/// The most consecutive printed lines that are not merged.
const LINES: usize = 8;

/// A call, and how often it is made in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    pub call: Call,
    pub times: usize,
}

impl Folded {
    /// Returns the call, and how often it is made if that is more than once.
    pub fn text(&self) -> String {
        let text = self.call.text();
        match self.times {
            1 => text,
            times => format!("{text} ×{times}"),
        }
    }
}

/// Merges consecutive calls that are equal, and consecutive printed lines.
pub fn fold(calls: &[Call]) -> Vec<Folded> {
    let alike = |a: &Call, b: &Call| a == b || (a.writes() && b.writes());
    let mut folded = Vec::new();
    for alike in calls.chunk_by(alike) {
        let first = &alike[0];
        if alike.len() > 1 && alike.iter().all(|call| call == first) {
            folded.push(Folded {
                call: first.clone(),
                times: alike.len(),
            });
        } else if alike.len() > LINES {
            let stream = first.arguments.split(',').next().unwrap_or_default();
            folded.push(Folded {
                call: Call {
                    arguments: format!("{stream}, …"),
                    result: String::new(),
                    name: first.name.clone(),
                },
                times: alike.len(),
            });
        } else {
            folded.extend(alike.iter().map(|call| Folded {
                call: call.clone(),
                times: 1,
            }));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{Call, fold};

    #[track_caller]
    fn assert_folded(lines: &[&str], expected: &[&str]) {
        let calls: Vec<Call> = lines
            .iter()
            .map(|line| Call::parse(line).unwrap())
            .collect();
        let folded: Vec<String> = fold(&calls).iter().map(|it| it.text()).collect();
        assert_eq!(folded, expected);
    }

    #[test]
    fn the_same_call_is_counted() {
        let run = "ioctl(5, KVM_RUN, 0) = 0";
        assert_folded(
            &[run, run, "close(5) = 0"],
            &["ioctl(5, KVM_RUN, 0) = 0 ×2", "close(5) = 0"],
        );
    }

    #[test]
    fn a_few_lines_are_shown_and_many_are_counted() {
        let lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(|n| format!(r#"write(1, "{n}\n", 2) = 1"#));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_folded(&lines[..8], &lines[..8]);
        assert_folded(&lines, &["write(1, …) ×9"]);
    }
}
