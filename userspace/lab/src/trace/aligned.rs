// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shows two trees side by side, with calls of the same function on one line.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::graph::Call;
use super::show::{Line, lines};

/// The separator if only one side has a line, or if both have the same function.
const ONE: &str = "  │ ";
const SAME: &str = "  ═ ";

/// Returns the two sides as lines, each below its title.
/// The calls that userspace made are paired in their order.
pub fn aligned(left: (&str, &[Call]), right: (&str, &[Call])) -> String {
    let mut rows = vec![[left.0.into(), ONE.into(), right.0.into()]];
    for index in 0..left.1.len().max(right.1.len()) {
        let of = |calls: &[Call]| lines(calls.get(index..=index).unwrap_or_default());
        add_rows(&of(left.1), &of(right.1), &mut rows);
    }
    let width = rows
        .iter()
        .map(|row| row[0].chars().count())
        .max()
        .unwrap_or(0);
    let text = |[left, between, right]: &Row| {
        format!("{}\n", format!("{left:<width$}{between}{right}").trim_end())
    };
    rows.iter().map(text).collect()
}

type Row = [String; 3];

fn add_rows(left: &[Line], right: &[Line], rows: &mut Vec<Row>) {
    let functions = |lines: &[Line]| -> Vec<String> {
        lines.iter().map(|line| line.function.clone()).collect()
    };
    let (before, after) = (functions(left), functions(right));
    for operation in capture_diff_slices(Algorithm::Patience, &before, &after) {
        let (one, other) = (&left[operation.old_range()], &right[operation.new_range()]);
        if let DiffOp::Equal { .. } = operation {
            let pairs = one.iter().zip(other);
            rows.extend(pairs.map(|(one, other)| row(&one.text, SAME, &other.text)));
        } else {
            rows.extend(one.iter().map(|line| row(&line.text, ONE, "")));
            rows.extend(other.iter().map(|line| row("", ONE, &line.text)));
        }
    }
}

fn row(left: &str, between: &str, right: &str) -> Row {
    [left, between, right].map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::aligned;
    use crate::trace::graph::parse;

    #[test]
    fn the_same_function_is_on_the_same_line() {
        let tree = |first: &str, second: &str| {
            parse(&format!(
                "a-1 | ioctl() {{\na-1 |   {first}();\na-1 |   {second}();\na-1 | }}\n"
            ))
            .unwrap()
        };
        let (left, right) = (
            tree("krealloc", "fd_install"),
            tree("vmalloc", "fd_install"),
        );
        let rows = "\
hiboma        │ kvm
ioctl         ═ ioctl
  krealloc    │
              │   vmalloc
  fd_install  ═   fd_install
";
        assert_eq!(aligned(("hiboma", &left), ("kvm", &right)), rows);
    }
}
