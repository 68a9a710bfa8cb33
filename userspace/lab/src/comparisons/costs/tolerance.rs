// SPDX-License-Identifier: MIT OR Apache-2.0

//! The tolerance between the kept `costs.md` and new figures.

use super::page::ABOUT;

/// By how much a figure that varies may differ from the kept one. All others must be equal.
const TOLERANCE: f64 = 0.01;

/// Returns the new text, with those figures of the kept one that are still close enough.
pub fn settled(kept: &str, now: &str) -> String {
    let kept: Vec<&str> = kept.lines().collect();
    let mut text = String::new();
    for (index, line) in now.lines().enumerate() {
        let old = kept.get(index).copied().unwrap_or_default();
        let old: Vec<&str> = old.split('|').collect();
        let cells = line.split('|').enumerate();
        let cells = cells.map(|(index, cell)| match old.get(index) {
            Some(old) if is_as_good(old, cell) => old,
            _ => cell,
        });
        text += &cells.collect::<Vec<_>>().join("|");
        text += "\n";
    }
    text
}

/// Returns whether both cells are approximate, and close to each other.
fn is_as_good(kept: &str, now: &str) -> bool {
    match (about(kept), about(now)) {
        (Some(kept), Some(now)) => (now - kept).abs() <= TOLERANCE * kept,
        _ => false,
    }
}

/// Returns the figure of a cell that is marked as approximate.
fn about(cell: &str) -> Option<f64> {
    let figure = cell.trim().strip_prefix(ABOUT)?;
    figure.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn a_figure_that_moves_may_differ_a_little() {
        let kept = "| make | 1,517 | ≈177,556 |\n";
        assert_eq!(settled(kept, "| make | 1,517 | ≈177,542 |\n"), kept);
        for new in [
            "| make | 1,518 | ≈177,556 |\n",
            "| make | 1,517 | ≈190,000 |\n",
        ] {
            assert_eq!(settled(kept, new), new);
        }
        let both = settled(kept, "| make | 1,518 | ≈177,542 |\n");
        assert_eq!(both, "| make | 1,518 | ≈177,556 |\n");
    }

    #[test]
    fn what_is_not_kept_yet_stays() {
        assert_eq!(settled("", "| make | ≈1 |\n"), "| make | ≈1 |\n");
    }
}
