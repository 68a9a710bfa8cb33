// SPDX-License-Identifier: MIT OR Apache-2.0

//! Installs what is missing.

use std::slice;

use anyhow::{Context, Result, bail, ensure};

use super::apt::{self, Apt};
use super::conflict::{self, Conflict};
use super::distribution::{Distribution, newest_llvm};
use super::prerequisite::{self, Extra, Prerequisite};

/// Returns what to do about missing prerequisites.
pub fn advice(distribution: Distribution, missing: &[Prerequisite]) -> String {
    let (packaged, other): (Vec<_>, Vec<_>) = missing
        .iter()
        .partition(|prerequisite| !prerequisite.packages(distribution).is_empty());
    let mut advice = String::new();
    if !packaged.is_empty() {
        let packages = packages(distribution, &packaged).join(" ");
        advice += &format!("    sudo {} {packages}\n", distribution.install_command());
    }
    for prerequisite in other {
        advice += &format!("    {}: it {}\n", prerequisite.name, prerequisite.purpose);
    }
    advice
}

/// Returns the conflicts of missing packages with installed ones, as far as apt knows now.
pub fn conflicts(distribution: Distribution, missing: &[Prerequisite]) -> Result<Vec<Conflict>> {
    if !distribution.has_apt() {
        return Ok(Vec::new());
    }
    let missing: Vec<_> = missing.iter().collect();
    conflict::all(&packages(distribution, &missing))
}

/// Installs what is missing, if the distribution has apt; otherwise the
/// error says what to install. Of the extras, installs only `extras`.
pub fn install(extras: &[Extra]) -> Result<()> {
    let distribution = Distribution::here();
    let missing = missing(extras)?;
    if missing.is_empty() {
        return Ok(());
    }
    ensure!(
        distribution.has_apt(),
        "this is missing on the machine:\n{}",
        advice(distribution, &missing)
    );
    let names = names(&missing);
    let who = match missing[0].only_for {
        None => "the lab".to_owned(),
        Some(extra) => extra.to_string(),
    };
    eprintln!("This machine lacks {names}, which {who} needs. Installing with apt-get.");
    let apt = Apt::open()?;
    apt.update()?;
    // Only after the update is it known which LLVM is the newest.
    let packages = packages(distribution, &missing.iter().collect::<Vec<_>>());
    eprintln!("Packages: {}", packages.join(" "));
    install_packages(apt, packages)?;
    if let Some(prerequisite) = self::missing(extras)?.first() {
        let found = prerequisite.found().context(prerequisite.name.clone())?;
        let (name, wanted) = (&prerequisite.name, prerequisite.wanted.as_deref());
        let wanted = wanted.unwrap_or_default();
        bail!("{name} {wanted} is needed, and this distribution has {found}");
    }
    Ok(())
}

/// Installs packages without removing any. A package that conflicts with
/// an installed one is installed from the suite of the installed one.
fn install_packages(mut apt: Apt, mut packages: Vec<String>) -> Result<()> {
    let conflicts = conflict::all(&packages)?;
    packages.retain(|package| conflicts.iter().all(|conflict| conflict.wanted != *package));
    if !packages.is_empty() {
        apt.install(&packages, None)?;
    }
    for conflict in conflicts {
        let advice = conflict.advice();
        let suite = conflict.suite().context(advice.clone())?;
        eprintln!("{conflict}, so it is installed from the same suite, {suite}.");
        if !apt::knows(suite)? {
            apt.add_suite(suite).context(advice.clone())?;
        }
        apt.install(slice::from_ref(&conflict.wanted), Some(suite))
            .context(advice)?;
    }
    Ok(())
}

/// Joins the names of prerequisites, for a sentence.
fn names(prerequisites: &[Prerequisite]) -> String {
    let names = prerequisites.iter().map(|it| it.name.as_str());
    let names: Vec<_> = names.collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

fn missing(extras: &[Extra]) -> Result<Vec<Prerequisite>> {
    let all = prerequisite::all()?;
    Ok(all
        .into_iter()
        .filter(|prerequisite| prerequisite.only_for.is_none_or(|it| extras.contains(&it)))
        .filter(|prerequisite| !prerequisite.is_met())
        .collect())
}

fn packages(distribution: Distribution, of: &[&Prerequisite]) -> Vec<String> {
    let llvm = newest_llvm().map_or("19".to_owned(), |version| version.to_string());
    let names = of
        .iter()
        .flat_map(|prerequisite| prerequisite.packages(distribution));
    let mut names: Vec<_> = names.map(|name| name.replace("{llvm}", &llvm)).collect();
    names.dedup();
    names
}
