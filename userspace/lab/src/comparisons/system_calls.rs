// SPDX-License-Identifier: MIT OR Apache-2.0

//! `calls.md`: the system calls of a pair's two sides, aligned.
//!
//! | file | contents |
//! | --- | --- |
//! | `trace.rs` | runs strace in the guest, and selects the calls |
//! | `call.rs` | one call |
//! | `addresses.rs` | replaces addresses with letters |
//! | `fold.rs` | merges repeated calls |
//! | `aligned.rs` | two lists of calls, side by side |

mod addresses;
mod aligned;
mod call;
mod fold;
mod trace;

use anyhow::Result;

use super::pairs::Pair;
use crate::guest::Guest;
use aligned::{Row, align};
use fold::fold;

/// Runs both sides, and returns the table of their calls.
pub fn table(pair: &Pair, guest: &mut Guest) -> Result<String> {
    let hiboma = trace::trace(&pair.hiboma, guest)?;
    let kvm = trace::trace(&pair.kvm, guest)?;
    let threads = hiboma.len().max(kvm.len());
    let mut table = head(pair);
    for thread in 0..threads {
        if threads > 1 {
            table += &format!("| **{}.** | | |\n", thread + 1);
        }
        let side = |calls: &[Vec<_>]| calls.get(thread).map_or_else(Vec::new, |calls| fold(calls));
        for row in align(&side(&hiboma), &side(&kvm)) {
            table += &line(&row);
        }
    }
    Ok(table)
}

/// Returns the text above the rows.
fn head(pair: &Pair) -> String {
    let [left, right] = pair.devices();
    format!(
        "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n\
         <!-- cargo lab compare makes this -->\n\
         | | `{left}` | `{right}` |\n\
         | :---: | --- | --- |\n"
    )
}

/// Returns a row of the table.
fn line(row: &Row) -> String {
    let cell = |text: &Option<String>| match text {
        Some(text) => format!("`{}`", text.replace('|', "\\|")),
        None => String::new(),
    };
    format!(
        "| {} | {} | {} |\n",
        row.mark(),
        cell(&row.hiboma),
        cell(&row.kvm)
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::comparisons::recordings;
    use crate::workspace;

    #[test]
    fn one_program_calls_the_same_on_both_devices() {
        let mut steps = 0;
        for both in recordings::on_all().unwrap() {
            let folder = both.files.split('/').next().unwrap();
            let table = workspace::root().join(format!("comparisons/{folder}/calls.md"));
            let Ok(table) = fs::read_to_string(table) else {
                continue;
            };
            steps += 1;
            assert!(!table.contains(['≠', '◀', '▶']), "{folder}:\n{table}");
        }
        assert!(steps > 0, "no program is traced on both devices");
    }
}
