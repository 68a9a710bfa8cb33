// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that each solution passes, and that each starting point does not.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use libtest_mimic::Trial;

use super::failed;
use crate::build::exercise::Strictness;
use crate::exercises::{self, Ended, Exercise, Outcome, Report};
use crate::image::Image;

/// Returns the trials, named `exercise::NAME::…`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for exercise in exercises::all()? {
        let (start, solution) = (exercise.clone(), exercise);
        let name = &start.name;
        let names = [
            format!("exercise::{name}::start_is_not_the_solution"),
            format!("exercise::{name}::solution_passes"),
        ];
        let [of_start, of_solution] = names;
        let on = Arc::clone(image);
        trials.push(Trial::test(of_start, move || {
            start_is_not_the_solution(&start, &on).map_err(failed)
        }));
        let on = Arc::clone(image);
        trials.push(Trial::test(of_solution, move || {
            solution_passes(&solution, &on).map_err(failed)
        }));
    }
    Ok(trials)
}

/// The starting point builds without a warning, and a check says what is missing.
fn start_is_not_the_solution(exercise: &Exercise, image: &Image) -> Result<()> {
    let report = report(exercise, "start", image)?;
    let Ended::Ran(checks, failure) = &report.ended else {
        bail!("it does not build");
    };
    match failure {
        Some(failure) => {
            ensure!(exercise.crashes, "{failure}\n{}", failure.log);
            return Ok(());
        }
        None => ensure!(!exercise.crashes, "it crashes no kernel"),
    }
    let failed: Vec<_> = checks
        .iter()
        .filter_map(|check| match &check.outcome {
            Outcome::Missing(missing) => Some(missing),
            _ => None,
        })
        .collect();
    ensure!(!failed.is_empty(), "all checks pass");
    for missing in failed {
        ensure!(!missing.is_empty(), "a check fails and does not say why");
    }
    Ok(())
}

fn solution_passes(exercise: &Exercise, image: &Image) -> Result<()> {
    let report = report(exercise, "solution", image)?;
    let mut text = Vec::new();
    exercises::print(&report, &mut text)?;
    ensure!(
        report.is_done(),
        String::from_utf8_lossy(&text).into_owned()
    );
    Ok(())
}

fn report(exercise: &Exercise, version: &str, image: &Image) -> Result<Report> {
    let folder = exercise.folder().join(version);
    let report = exercises::check(exercise, &folder, image, Strictness::NoWarnings)?;
    ensure!(
        report.compiler.is_empty(),
        "the compiler says\n{}",
        report.compiler
    );
    Ok(report)
}
