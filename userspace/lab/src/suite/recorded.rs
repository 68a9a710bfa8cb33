// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that `comparisons/` and the README show what the guest prints at present.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use super::guests::Guests;
use crate::comparisons::kept::check;
use crate::comparisons::{differences, evidence, readme, recordings, watched};
use crate::guest::HIBOMA;
use crate::image::Image;

/// Returns the trials: `differences::…`, `recording::FILE`, `watched::FILE` and `readme::demo`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    trials.push(Trial::test("differences::the_page_is_of_the_list", || {
        let now = differences::list().map_err(failed)?;
        check(&differences::path(), &now).map_err(failed)
    }));
    trials.push(Trial::test("differences::a_test_asks_for_each", || {
        differences::check_that_tests_ask().map_err(failed)
    }));
    let mut guests = BTreeMap::new();
    for recording in recordings::all()? {
        let path = format!("/lib/modules/{}", recording.module);
        let guest = guests
            .entry(path)
            .or_insert_with_key(|path| Arc::new(Guests::new(image, Vec::new(), path)));
        let guest = Arc::clone(guest);
        trials.push(Trial::test(
            format!("recording::{}", recording.file),
            move || {
                let now = guest.with(|guest| recording.take(guest)).map_err(failed)?;
                check(&recording.path(), &now).map_err(failed)
            },
        ));
    }
    let comparable = evidence::compilers_are_the_same()?;
    for watched in watched::all()? {
        let trial = Trial::test(format!("watched::{}", watched.file), move || {
            let now = watched.take().map_err(failed)?;
            check(&watched.path(), &now).map_err(failed)
        });
        trials.push(match comparable {
            true => trial,
            false => trial
                .with_kind("traced in what other compilers made than those here")
                .with_ignored_flag(true),
        });
    }
    let guest = Arc::new(Guests::new(image, vec![], HIBOMA));
    trials.push(Trial::test("readme::demo", move || {
        let demo = guest.with(readme::demo).map_err(failed)?;
        let readme = fs::read_to_string(readme::path())?;
        let now = readme::with_demo(&readme, &demo).map_err(failed)?;
        check(&readme::path(), &now).map_err(failed)
    }));
    Ok(trials)
}
