// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the book says of the kernel's own code is in the source that the lab's kernel is built from.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;

use super::failed;
use crate::build::{self, Configuration};
use crate::comparisons::{kvm_functions, references};

/// The trials, named `reference::CHAPTER::NAME`, and one each for the series of kernels that is meant
/// and for the table of KVM's functions.
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
