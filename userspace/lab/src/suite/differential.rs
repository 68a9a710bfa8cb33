// SPDX-License-Identifier: MIT OR Apache-2.0

//! A fixed set of guest programs that must run the same on both devices and on the interpreter: those
//! that were written by hand, and those of some seeds.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use super::guests::Guests;
use crate::commands::differential;
use crate::guest::HIBOMA;
use crate::image::Image;

/// As many as take a few seconds.
const SEEDS: &str = "0..2000";

/// The trials, named `differential::WHAT`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let guest = Arc::new(Guests::new(image, vec![differential::program()?], HIBOMA));
    let trial = Trial::test(format!("differential::seeds_{SEEDS}"), move || {
        let argv = [differential::BINARY, "--seeds", SEEDS];
        let output = guest.with(|guest| guest.output(&argv)).map_err(failed)?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        match output.status.success() {
            true => Ok(()),
            false => Err(text.into()),
        }
    });
    Ok(vec![trial])
}
