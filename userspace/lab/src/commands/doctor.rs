// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab doctor`: says what this machine has, what it lacks, and what to do about it.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::distribution::Distribution;
use crate::doctor::prerequisite::{self, Extra};
use crate::doctor::setup;
use crate::guest::host_kvm;
use crate::landlock;
use crate::text::{columns, wrapped};

/// Check whether this machine has what the lab needs, and print how to install the rest; exit with 0 if the lab can run
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    let mut missing = Vec::new();
    for prerequisite in prerequisite::all()? {
        let found = prerequisite.found();
        let is_met = found
            .as_ref()
            .is_ok_and(|found| prerequisite.accepts(found));
        let wanted = prerequisite.wanted.as_deref();
        let wanted = wanted.map(|version| format!(" {version} or newer is needed,"));
        let line = format!(
            "{:<8} {:<14} {}:{} it {}",
            if is_met { "ok" } else { "MISSING" },
            prerequisite.name,
            found.unwrap_or_else(|error| format!("{error:#}")),
            wanted.unwrap_or_default(),
            prerequisite.purpose,
        );
        println!("{}", wrapped(&line, &" ".repeat(24), columns()));
        if !is_met {
            missing.push(prerequisite);
        }
    }
    println!();
    match host_kvm::usable() {
        Ok(()) => {
            let line = "The guest will run on this machine's KVM. Guests on KVM boot each time; only emulated guests \
                        resume from a snapshot.";
            println!("{}", wrapped(line, "", columns()));
        }
        Err(why) => {
            let advice = why.advice();
            let line = format!(
                "The guest will be emulated, which always works: {why}. To have it on KVM: {advice}."
            );
            println!("{}", wrapped(&line, "", columns()));
        }
    }
    if !landlock::is_there() {
        let line = "This kernel has no Landlock, so what readers of the live book write could include files of \
                    this machine. `cargo lab serve` serves nobody but this machine.";
        println!("{}", wrapped(line, "", columns()));
    }
    let distribution = Distribution::here();
    for extra in Extra::ALL {
        let for_extra = missing.extract_if(.., |it| it.only_for == Some(extra));
        let for_extra: Vec<_> = for_extra.collect();
        if !for_extra.is_empty() {
            let advice = setup::advice(distribution, &for_extra);
            print!("To have {extra}, install more than the lab needs:\n{advice}");
        }
    }
    if missing.is_empty() {
        println!("The lab can run.");
        return Ok(ExitCode::SUCCESS);
    }
    let advice = setup::advice(distribution, &missing);
    print!("The lab cannot run yet. This is what it misses:\n{advice}");
    for conflict in setup::conflicts(distribution, &missing)? {
        println!("{conflict}. `make setup` looks for a version that fits, and removes nothing.");
    }
    Ok(ExitCode::FAILURE)
}
