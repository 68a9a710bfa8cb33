// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs a fixed set of guest programs that must behave the same on both devices
//! and on the interpreter: handwritten ones, and those of some seeds. Programs
//! of modes other than real mode run on `/dev/kvm` and `/dev/hiboma-svm`.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use super::guests::Guests;
use crate::commands::differential;
use crate::guest::HIBOMA;
use crate::image::Image;

/// The seeds of each mode: as many as take a few seconds.
const SEEDS: [(&str, &str); 5] = [
    ("real", "0..2000"),
    ("protected", "0..200"),
    ("paged", "0..200"),
    ("pae", "0..200"),
    ("long", "0..200"),
];

/// Returns the trials, named `differential::MODE::WHAT`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let guest = Arc::new(Guests::new(image, vec![differential::program()?], HIBOMA));
    let trials = SEEDS.map(|(mode, seeds)| {
        let guest = Arc::clone(&guest);
        Trial::test(format!("differential::{mode}::seeds_{seeds}"), move || {
            let argv = [differential::BINARY, "--mode", mode, "--seeds", seeds];
            let output = guest.with(|guest| guest.output(&argv)).map_err(failed)?;
            let text =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            match output.status.success() {
                true => Ok(()),
                false => Err(text.into()),
            }
        })
    });
    Ok(trials.into())
}
