// SPDX-License-Identifier: MIT OR Apache-2.0

//! Installing what is missing.

use anyhow::{Context, Result, ensure};
use duct::cmd;

use super::distribution::{Distribution, newest_llvm};
use super::prerequisite::{self, Prerequisite};

/// A sentence that says how to get what is missing.
pub fn advice(distribution: Distribution, missing: &[Prerequisite]) -> String {
    let packages = packages(distribution, missing);
    if packages.is_empty() {
        let names: Vec<_> = missing
            .iter()
            .map(|prerequisite| prerequisite.name.as_str())
            .collect();
        return format!("Install, by your package manager: {}.", names.join(", "));
    }
    format!(
        "This installs what is missing:\n    sudo {} {}",
        distribution.install_command(),
        packages.join(" ")
    )
}

/// Installs what is missing, where apt is at hand; elsewhere the error says what to install.
pub fn install() -> Result<()> {
    let distribution = Distribution::here();
    let missing = missing()?;
    if missing.is_empty() {
        return Ok(());
    }
    ensure!(
        distribution.has_apt(),
        "the lab cannot run yet. {}",
        advice(distribution, &missing)
    );
    let as_root = |program: &str, arguments: &[&str]| {
        let words = [program].into_iter().chain(arguments.iter().copied());
        let command = if nix::unistd::geteuid().is_root() {
            cmd(
                "env",
                ["DEBIAN_FRONTEND=noninteractive"].into_iter().chain(words),
            )
        } else {
            cmd(
                "sudo",
                ["DEBIAN_FRONTEND=noninteractive"].into_iter().chain(words),
            )
        };
        command
            .stdout_to_stderr()
            .run()
            .with_context(|| format!("{program} failed"))
    };
    eprintln!(
        "Installing by apt-get: {}",
        packages(distribution, &missing).join(" ")
    );
    as_root("apt-get", &["update", "--quiet=2"])?;
    // Only now is it known which LLVM is the newest.
    let packages = packages(distribution, &missing);
    let install: Vec<_> = distribution
        .install_command()
        .split(' ')
        .skip(1)
        .chain(packages.iter().map(String::as_str))
        .collect();
    as_root("apt-get", &install)?;
    let still = self::missing()?;
    ensure!(
        still.is_empty(),
        "apt-get ended well, but {}",
        advice(distribution, &still)
    );
    Ok(())
}

fn missing() -> Result<Vec<Prerequisite>> {
    let all = prerequisite::all()?.into_iter();
    Ok(all
        .filter(|prerequisite| !prerequisite.accepts(prerequisite.found().as_deref()))
        .collect())
}

fn packages(distribution: Distribution, missing: &[Prerequisite]) -> Vec<String> {
    let llvm = newest_llvm().map_or("19".to_owned(), |version| version.to_string());
    let names = missing
        .iter()
        .flat_map(|prerequisite| prerequisite.packages(distribution));
    let mut names: Vec<_> = names.map(|name| name.replace("{llvm}", &llvm)).collect();
    names.dedup();
    names
}
