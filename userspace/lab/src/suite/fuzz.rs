// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs a fixed set of random system calls: compared on both devices, and in threads on hiboma.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use super::guests::Guests;
use crate::commands::fuzz;
use crate::guest::HIBOMA;
use crate::image::Image;

/// The seeds, as many as take a few seconds, and the mode.
const SEEDS: [(&str, &[&str]); 2] = [("0..150", &[]), ("0..80", &["--threads"])];

/// Returns the trials, named `fuzz::WHAT`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let guest = Arc::new(Guests::new(image, vec![fuzz::program()?], HIBOMA));
    let trials = SEEDS.map(|(seeds, mode)| {
        let guest = Arc::clone(&guest);
        let what = if mode.is_empty() {
            "compared"
        } else {
            "threads"
        };
        Trial::test(format!("fuzz::{what}_{seeds}"), move || {
            let argv = [&[fuzz::BINARY, "--seeds", seeds], mode].concat();
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
