// SPDX-License-Identifier: MIT OR Apache-2.0

//! Installing what is missing.

use anyhow::{Context, Result, bail, ensure};
use duct::cmd;
use nix::unistd::geteuid;

use super::distribution::{Distribution, newest_llvm};
use super::prerequisite::{self, Prerequisite};

/// A machine that has just been switched on may be updating itself, for minutes.
const WHILE_LOCKED: [&str; 2] = ["-o", "DPkg::Lock::Timeout=300"];

/// What to do about what is missing.
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

/// Installs what is missing, where apt is at hand; elsewhere the error says what to install. What only
/// the tests need is left out unless it is `for_tests`.
pub fn install(for_tests: bool) -> Result<()> {
    let distribution = Distribution::here();
    let missing = missing(for_tests)?;
    if missing.is_empty() {
        return Ok(());
    }
    let advice = advice(distribution, &missing);
    ensure!(
        distribution.has_apt(),
        "this is missing on the machine:\n{advice}"
    );
    let names: Vec<_> = missing
        .iter()
        .map(|prerequisite| prerequisite.name.as_str())
        .collect();
    eprintln!("Not here yet: {}. Installing by apt-get:", names.join(", "));
    as_root(&["apt-get", "update", "--quiet=2"])?;
    // Only now is it known which LLVM is the newest.
    let packages = packages(distribution, &missing.iter().collect::<Vec<_>>());
    eprintln!("{}", packages.join(" "));
    let install = distribution.install_command().split(' ');
    as_root(
        &install
            .chain(WHILE_LOCKED)
            .chain(packages.iter().map(String::as_str))
            .collect::<Vec<_>>(),
    )?;
    if let Some(prerequisite) = self::missing(for_tests)?.first() {
        let found = prerequisite.found().context(prerequisite.name.clone())?;
        let (name, wanted) = (&prerequisite.name, prerequisite.wanted.as_deref());
        let wanted = wanted.unwrap_or_default();
        bail!("{name} {wanted} is needed, and this distribution has {found}");
    }
    Ok(())
}

/// Runs a command as root, by sudo where need be.
fn as_root(command: &[&str]) -> Result<()> {
    let command = [&["env", "DEBIAN_FRONTEND=noninteractive"], command].concat();
    let command = if geteuid().is_root() {
        cmd("env", &command[1..])
    } else {
        cmd("sudo", &command)
    };
    command
        .stdout_to_stderr()
        .run()
        .context("packages are installed by root, or by sudo")?;
    Ok(())
}

fn missing(for_tests: bool) -> Result<Vec<Prerequisite>> {
    let all = prerequisite::all()?;
    Ok(all
        .into_iter()
        .filter(|prerequisite| for_tests || !prerequisite.only_for_tests)
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
