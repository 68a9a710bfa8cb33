// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packages of Debian's newer suites, on any machine with apt: read through a configuration of
//! our own, so that the machine's is not touched and root is not needed.
//!
//! apt verifies each list by Debian's keyring and each package by its list.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::cmd;

use crate::cache::Cache;
use crate::progress::Step;

/// Where a package is looked for, in this order.
const SUITES: [&str; 3] = ["trixie-backports", "forky", "sid"];

/// Debian's keyring, from the package `debian-archive-keyring`.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// One version of a package in one suite.
pub struct Package {
    /// As in `apt-get download NAME=VERSION`.
    pub name: String,
    /// Debian's version, e.g. `7.3.4-1~bpo13+1`.
    pub version: String,
    config: PathBuf,
}

/// Finds the first package that one of `names` matches, trying name after name in suite after
/// suite; `accept` judges the version.
pub fn find(
    cache: &Cache,
    step: &Step,
    names: &[&str],
    accept: impl Fn(&str) -> bool,
) -> Result<Package> {
    let mirror = mirror()?;
    for suite in SUITES {
        let config = configure(cache, &mirror, suite)?;
        step.run(cmd!("apt-get", "update").env("APT_CONFIG", &config))?;
        for name in names {
            // Lines are "package | version | archive".
            let versions = cmd!("apt-cache", "madison", name)
                .env("APT_CONFIG", &config)
                .read()?;
            let mut versions = versions
                .lines()
                .filter_map(|line| line.split('|').nth(1))
                .map(str::trim);
            if let Some(version) = versions.find(|version| accept(version)) {
                return Ok(Package {
                    name: name.to_string(),
                    version: version.to_owned(),
                    config,
                });
            }
        }
    }
    bail!(
        "none of Debian's {} has {}",
        SUITES.join(", "),
        names.join(" or ")
    )
}

impl Package {
    /// Downloads the package and unpacks it into `folder`, which must exist.
    pub fn unpack(&self, folder: &Path, step: &Step) -> Result<()> {
        let download = cmd!(
            "apt-get",
            "download",
            format!("{}={}", self.name, self.version)
        )
        .env("APT_CONFIG", &self.config)
        .dir(folder);
        step.run(download)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "deb") {
                step.run(cmd!("dpkg-deb", "--extract", &path, folder))?;
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Whether the machine has what [`find`] and [`Package::unpack`] work with.
pub fn is_reachable() -> bool {
    let runs = |program| {
        cmd!(program, "--version")
            .stdout_null()
            .stderr_null()
            .run()
            .is_ok()
    };
    runs("apt-get") && runs("dpkg-deb") && Path::new(KEYRING).exists() && mirror().is_ok()
}

/// Writes the private configuration for one suite and returns its path.
fn configure(cache: &Cache, mirror: &str, suite: &str) -> Result<PathBuf> {
    let folder = cache.path("apt").join(suite);
    fs::create_dir_all(folder.join("lists/partial"))?;
    fs::create_dir_all(folder.join("cache/archives/partial"))?;
    fs::write(
        folder.join("sources.list"),
        format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n"),
    )?;
    let config = folder.join("apt.conf");
    let dir = folder.display();
    fs::write(
        &config,
        format!(
            "Dir::Etc::sourcelist \"{dir}/sources.list\";\n             Dir::Etc::sourceparts \"/dev/null\";\n             Dir::State::lists \"{dir}/lists\";\n             Dir::Cache \"{dir}/cache\";\n             APT::Architecture \"amd64\";\n             APT::Architectures {{ \"amd64\"; }};\n             APT::Sandbox::User \"\";\n             Acquire::Languages \"none\";\n"
        ),
    )?;
    Ok(config)
}

/// The address of a Debian mirror: `$DEBIAN_MIRROR`, else the one this machine's apt uses, else
/// (Ubuntu) the one that its package `debootstrap` would use.
fn mirror() -> Result<String> {
    if let Ok(mirror) = env::var("DEBIAN_MIRROR") {
        return Ok(mirror);
    }
    let known = cmd!(
        "apt-get",
        "indextargets",
        "--format",
        "$(LABEL)|$(REPO_URI)",
        "Created-By: Packages"
    )
    .stderr_null()
    .unchecked()
    .read()
    .unwrap_or_default();
    if let Some(mirror) = known.lines().find_map(|line| line.strip_prefix("Debian|")) {
        return Ok(mirror.to_owned());
    }
    let debootstrap = fs::read_to_string("/usr/sbin/debootstrap").unwrap_or_default();
    debootstrap
        .lines()
        .find_map(|line| line.strip_prefix("DEF_MIRROR=\"")?.strip_suffix('"'))
        .map(str::to_owned)
        .context(
            "no Debian mirror is known on this machine: set DEBIAN_MIRROR to the address of one,              or KERNEL_SRC to a kernel source tree of version 7.2 or newer",
        )
}
