// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that the instruction counts of `cargo lab bench` are up to date.

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use crate::comparisons::costs;
use crate::comparisons::kept::check;

/// Returns the trial, named `comparison::costs.md` like those of the other tables.
pub fn trial() -> Result<Trial> {
    let trial = Trial::test("comparison::costs.md", || {
        for (path, now) in costs::make().map_err(failed)? {
            check(&path, &now).map_err(failed)?;
        }
        Ok(())
    });
    Ok(match costs::is_comparable()? {
        true => trial,
        false => trial
            .with_kind("counted with other compilers, or another QEMU, than those here")
            .with_ignored_flag(true),
    })
}
