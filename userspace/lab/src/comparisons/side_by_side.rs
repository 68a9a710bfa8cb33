// SPDX-License-Identifier: MIT OR Apache-2.0

//! Prints two texts side by side, or one below the other if the terminal is too narrow.

use comfy_table::presets::UTF8_FULL;
use comfy_table::{ColumnConstraint, Table, Width};

/// The columns for a table's three lines and the spaces beside them.
const FRAME: u16 = 7;

/// A title and the text below it.
pub type Side<'a> = (&'a str, &'a str);

/// Formats two sides for a terminal of this many columns.
pub fn side_by_side(left: Side, right: Side, columns: u16) -> String {
    let width = columns.saturating_sub(FRAME) / 2;
    if columns < columns_wanted(left.1.lines().chain(right.1.lines())) {
        return format!("{}{}", stacked(left), stacked(right));
    }
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL.with_rounded_corners())
        .set_header([left.0, right.0])
        .add_row([left.1.trim_end(), right.1.trim_end()])
        .set_constraints([ColumnConstraint::Absolute(Width::Fixed(width + 2)); 2]);
    format!("{table}\n")
}

/// Returns the width that a terminal needs to have these lines on either side.
pub fn columns_wanted<'a>(lines: impl Iterator<Item = &'a str>) -> u16 {
    let longest = lines.map(|line| line.chars().count()).max().unwrap_or(0);
    u16::try_from(2 * longest)
        .unwrap_or(u16::MAX)
        .saturating_add(FRAME)
}

fn stacked((title, text): Side) -> String {
    let indented: String = text.lines().map(|line| format!("  {line}\n")).collect();
    format!("{title}\n{indented}")
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    const LEFT: (&str, &str) = ("/dev/hiboma", "version = 110\n");
    const RIGHT: (&str, &str) = ("/dev/kvm", "version = 12\n");

    #[test]
    fn a_wide_terminal_has_both_sides_on_one_line() {
        for columns in [80, 120, 300] {
            let text = side_by_side(LEFT, RIGHT, columns);
            let line = text.lines().find(|line| line.contains("110")).unwrap();
            assert!(line.contains("version = 12"), "{text}");
            assert!(
                text.lines()
                    .all(|line| line.chars().count() <= columns.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn no_line_is_broken() {
        let long = "vcpu 0 of fd 4: File exists (os error 17)";
        for columns in [20, 80, 100] {
            assert!(side_by_side(LEFT, ("/dev/kvm", long), columns).contains(long));
        }
        let text = side_by_side(LEFT, RIGHT, 30);
        assert_eq!(
            text,
            "/dev/hiboma\n  version = 110\n/dev/kvm\n  version = 12\n"
        );
    }
}
