// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that programs that were run on both devices have printed the same, except for names.

use std::fs;

use anyhow::{Context, Result, bail};
use libtest_mimic::Trial;
use similar::TextDiff;

use super::failed;
use crate::comparisons::counterparts::as_on_kvm;
use crate::comparisons::recordings::{self, OnBoth, Recording};

/// Returns the trials, named `identical::FILES`. `recorded.rs` checks that the files are true.
pub fn trials() -> Result<Vec<Trial>> {
    let trials = recordings::on_all()?.into_iter().map(|recordings| {
        Trial::test(format!("identical::{}", recordings.files), move || {
            compare(&recordings).map_err(failed)
        })
    });
    Ok(trials.collect())
}

fn compare(recordings: &OnBoth) -> Result<()> {
    let hiboma = as_on_kvm(&kept(&recordings.hiboma)?);
    let kvm = kept(&recordings.kvm)?;
    if hiboma != kvm {
        let diff = TextDiff::from_lines(&hiboma, &kvm);
        let diff = diff.unified_diff().header("hiboma", "kvm").to_string();
        bail!("what is the same on KVM is something else on hiboma\n{diff}");
    }
    Ok(())
}

fn kept(recording: &Recording) -> Result<String> {
    let path = recording.path();
    fs::read_to_string(&path)
        .with_context(|| format!("{} is not there: `make record` makes it", path.display()))
}
