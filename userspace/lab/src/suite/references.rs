// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that the book's statements about the kernel's code match the source of the lab's kernel.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use crate::build::{self, Configuration};
use crate::comparisons::{kvm_functions, references};

/// Returns the trials, named `reference::CHAPTER::NAME`, and one each for the Linux version of the
/// references and for the table of KVM's functions.
pub fn trials() -> Result<Vec<Trial>> {
    let kernel = Arc::new(build::kernel(Configuration::Lab)?.0);
    let mut trials = Vec::new();
    for reference in references::all()? {
        let kernel = Arc::clone(&kernel);
        trials.push(Trial::test(
            format!("reference::{}::{}", reference.chapter, reference.name),
            move || reference.check(&kernel).map_err(failed),
        ));
    }
    let same = Arc::clone(&kernel);
    trials.push(Trial::test("reference::the_series", move || {
        references::check_series(&same).map_err(failed)
    }));
    trials.push(Trial::test("reference::the_kvm_functions", move || {
        kvm_functions::check(&kernel).map_err(failed)
    }));
    Ok(trials)
}
