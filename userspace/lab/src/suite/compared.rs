// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that the tables of `cargo lab compare` are up to date.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use super::guests::Guests;
use crate::comparisons::evidence;
use crate::comparisons::kept::check;
use crate::guest::HIBOMA;
use crate::image::Image;

/// Returns the trials, named `comparison::FILE`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let guest = Arc::new(Guests::with_options(image, evidence::options()?, HIBOMA));
    let mut trials = Vec::new();
    for evidence in evidence::all()? {
        let guest = Arc::clone(&guest);
        let comparable = evidence.is_comparable()?;
        let trial = Trial::test(format!("comparison::{}", evidence.file), move || {
            let now = guest.with(|guest| evidence.take(guest)).map_err(failed)?;
            check(&evidence.path(), &now).map_err(failed)
        });
        trials.push(match comparable {
            true => trial,
            false => trial
                .with_kind("made by other compilers than those here")
                .with_ignored_flag(true),
        });
    }
    Ok(trials)
}
