// SPDX-License-Identifier: MIT OR Apache-2.0

//! The trials of `cargo lab test`, for libtest-mimic. One file for each kind:
//!
//! | file | its trials |
//! | --- | --- |
//! | `guest_tests.rs` | the crate `guest-tests`, on the modules in Rust and in C, and on `/dev/kvm` |
//! | `recorded.rs` | the recorded runs in `comparisons/` are up to date |
//! | `references.rs` | the book's statements about the kernel's own code match its source |
//! | `compared.rs` | the tables of `cargo lab compare` are up to date |
//! | `costs.rs` | the instruction counts of `cargo lab bench` are up to date |
//! | `identical.rs` | a program prints the same on both devices |
//! | `differential.rs` | the same guest programs behave the same on both devices |
//! | `fuzz.rs` | random system calls have the same results on both devices, and break nothing |
//! | `public.rs` | other projects' programs for KVM work the same on hiboma |
//! | `copied_kernel.rs` | a copied kernel builds the same module |
//! | `exercises.rs` | each exercise's starting point builds and fails, its solution passes |
//! | `lints.rs` | rustfmt and clippy, in userspace and in the module |

mod compared;
mod copied_kernel;
mod costs;
mod differential;
mod exercises;
mod fuzz;
pub mod guest_tests;
mod guests;
mod identical;
mod lints;
mod public;
mod recorded;
mod references;

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Failed, Trial};

use crate::build::{self, Configuration};
use crate::guest::Failure;

/// Returns all trials on this kernel, in the order in which they run.
pub fn trials(kernel: Configuration) -> Result<Vec<Trial>> {
    match kernel {
        Configuration::Lab => all(),
        Configuration::Debug => on_debug_kernel(),
    }
}

/// Returns the trials that run the modules' code, on a kernel that detects errors.
fn on_debug_kernel() -> Result<Vec<Trial>> {
    let image = Arc::new(build::image(Configuration::Debug)?);
    let mut trials = guest_tests::trials_on_debug_kernel(&image)?;
    trials.extend(fuzz::trials(&image)?);
    Ok(trials)
}

fn all() -> Result<Vec<Trial>> {
    let image = Arc::new(build::image(Configuration::Lab)?);
    let mut trials = lints::trials()?;
    trials.extend(guest_tests::trials(&image)?);
    trials.extend(recorded::trials(&image)?);
    trials.extend(references::trials()?);
    trials.extend(compared::trials(&image)?);
    trials.push(costs::trial()?);
    trials.extend(identical::trials()?);
    trials.extend(differential::trials(&image)?);
    trials.extend(fuzz::trials(&image)?);
    trials.extend(public::trials(&image)?);
    trials.push(copied_kernel::trial(&image));
    trials.extend(exercises::trials(&image)?);
    Ok(trials)
}

/// Formats an error with its causes for libtest, with the guest's log if the guest failed.
fn failed(error: anyhow::Error) -> Failed {
    let log = error
        .downcast_ref::<Failure>()
        .map_or("", |failure| &failure.log);
    Failed::from(format!("{log}\n{error:#}"))
}
