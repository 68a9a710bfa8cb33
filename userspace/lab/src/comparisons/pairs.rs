// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pairs: each step of `userspace/pairs`, as recorded on the two devices.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use console::style;

use super::recordings::{self, Recording};
use super::side_by_side::{self, side_by_side};
use crate::guest::{Guest, Undelivered};

/// One step on two devices.
pub struct Pair {
    /// Its folder's name, in `userspace/pairs` and in `comparisons`, e.g. `3-descriptor`.
    pub step: String,
    /// The run on /dev/hiboma, or on /dev/hiboma-svm if the interpreter cannot execute the guest.
    pub hiboma: Recording,
    /// The run on /dev/kvm.
    pub kvm: Recording,
}

impl Pair {
    /// Returns the paths of the two devices.
    pub fn devices(&self) -> [String; 2] {
        [&self.hiboma, &self.kvm].map(device)
    }
}

/// Returns all pairs, in order.
pub fn all() -> Result<Vec<Pair>> {
    let recordings = recordings::all()?;
    let side = |step: &str, name: &str| {
        let file = format!("{step}/{name}.txt");
        recordings.iter().find(|it| it.file == file).cloned()
    };
    let steps = recordings
        .iter()
        .filter_map(|recording| recording.file.strip_suffix("/kvm.txt"))
        .filter(|folder| folder.starts_with(|c: char| c.is_ascii_digit()));
    let pairs = steps.filter_map(|step| {
        Some(Pair {
            step: step.to_owned(),
            hiboma: side(step, "hiboma").or_else(|| side(step, "hiboma-svm"))?,
            kvm: side(step, "kvm")?,
        })
    });
    Ok(pairs.collect())
}

/// Returns the width that a terminal needs to show the two sides of every pair side by side.
pub fn columns_wanted(pairs: &[Pair]) -> Result<u16> {
    let mut widest = 0;
    for side in pairs.iter().flat_map(|pair| [&pair.hiboma, &pair.kvm]) {
        let kept = side.path();
        let text = fs::read_to_string(&kept).with_context(|| kept.display().to_string())?;
        // Its first line is the command.
        widest = widest.max(side_by_side::columns_wanted(text.lines().skip(1)));
    }
    Ok(widest)
}

/// Runs pairs and prints their two sides for a terminal of this many columns. Returns whether all
/// programs succeeded.
pub fn show(pairs: &[Pair], guest: &mut Guest, columns: u16, to: &mut dyn Write) -> Result<bool> {
    let mut all_well = true;
    for pair in pairs {
        let mut run = |recording: &Recording| -> Result<String> {
            let printed = recording.run(guest)?;
            all_well &= printed.well;
            Ok(printed.text)
        };
        let (hiboma, kvm) = (run(&pair.hiboma)?, run(&pair.kvm)?);
        let [left, right] = pair.devices();
        let sides = side_by_side((&left, &hiboma), (&right, &kvm), columns);
        writeln!(to, "{}\n{sides}", style(&pair.step).bold().cyan()).map_err(Undelivered)?;
    }
    Ok(all_well)
}

/// Returns the device of a step's recording: the recording's file is named after it.
fn device(recording: &Recording) -> String {
    let name = Path::new(&recording.file).file_stem().unwrap_or_default();
    format!("/dev/{}", name.display())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{all, columns_wanted};
    use crate::comparisons::recordings::Recording;
    use crate::comparisons::side_by_side::side_by_side;
    use crate::workspace;

    #[test]
    fn every_step_is_recorded() {
        let folders: BTreeSet<String> = fs::read_dir(workspace::root().join("userspace/pairs"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        let steps: BTreeSet<String> = all().unwrap().into_iter().map(|pair| pair.step).collect();
        assert_eq!(folders, steps);
    }

    #[test]
    fn the_demo_fits_where_it_says_that_it_fits() {
        let pairs = all().unwrap();
        let wanted = columns_wanted(&pairs).unwrap();
        let is_beside = |columns| {
            pairs.iter().all(|pair| {
                let text = |side: &Recording| fs::read_to_string(side.path()).unwrap();
                let text = |side| text(side).lines().skip(1).collect::<Vec<_>>().join("\n");
                let (left, right) = (text(&pair.hiboma), text(&pair.kvm));
                side_by_side(("a", &left), ("b", &right), columns).starts_with('╭')
            })
        };
        assert!(is_beside(wanted));
        assert!(!is_beside(wanted - 1));
    }
}
