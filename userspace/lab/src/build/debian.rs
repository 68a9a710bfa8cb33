// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packages of Debian's newer suites, on any machine with apt: read with an apt configuration of
//! our own, which leaves the machine's own alone and does not need root.
//!
//! apt verifies each list by Debian's keyring and each package by its list.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::{Expression, cmd};

use crate::cache::Cache;
use crate::progress::Step;

/// The suites that are searched for a package, in this order.
const SUITES: [&str; 3] = ["trixie-backports", "forky", "sid"];

/// Debian's keyring, from the package `debian-archive-keyring`.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Debian's archive, locked against other labs.
pub struct Debian {
    folder: PathBuf,
    _lock: File,
}

/// A suite of the archive whose list of packages is up to date.
pub struct Suite {
    config: PathBuf,
}

/// One version of a package.
pub struct Package {
    /// e.g. `linux-source-7.3`.
    pub name: String,
    /// Debian's version, e.g. `7.3.4-1~bpo13+1`.
    pub version: String,
    config: PathBuf,
}

impl Debian {
    /// Waits until no other lab uses the cache's copy of the lists.
    pub fn open(cache: &Cache) -> Result<Debian> {
        for program in ["apt-get", "apt-cache", "dpkg-deb"] {
            let found = cmd!(program, "--version").stdout_null().stderr_null().run();
            found.with_context(|| format!("{program} does not run"))?;
        }
        ensure!(Path::new(KEYRING).exists(), "{KEYRING} is not there");
        Ok(Debian {
            folder: cache.path("apt"),
            _lock: cache.lock("apt")?,
        })
    }

    /// Returns the suites; updates each one's list only when the iterator reaches it.
    pub fn suites(&self) -> impl Iterator<Item = Result<Suite>> {
        SUITES.iter().map(|suite| self.suite(suite))
    }

    fn suite(&self, name: &str) -> Result<Suite> {
        let folder = self.folder.join(name);
        fs::create_dir_all(folder.join("lists/partial"))?;
        fs::create_dir_all(folder.join("cache/archives/partial"))?;
        fs::write(folder.join("sources.list"), source(name)?)?;
        let config = folder.join("apt.conf");
        fs::write(&config, configuration(&folder)?)?;
        output(&config, cmd!("apt-get", "update", "--error-on=any"))
            .with_context(|| format!("apt cannot read Debian's {name}: is the network there?"))?;
        Ok(Suite { config })
    }
}

impl Suite {
    /// Returns the names of all packages that begin with `prefix`.
    pub fn names(&self, prefix: &str) -> Result<Vec<String>> {
        let names = output(&self.config, cmd!("apt-cache", "pkgnames", prefix))?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// Returns all versions of a package.
    pub fn versions(&self, name: &str) -> Result<Vec<Package>> {
        // Lines are "package | version | archive".
        let lines = output(&self.config, cmd!("apt-cache", "madison", name))?;
        let versions = lines.lines().filter_map(|line| line.split('|').nth(1));
        let package = |version: &str| Package {
            name: name.to_owned(),
            version: version.trim().to_owned(),
            config: self.config.clone(),
        };
        Ok(versions.map(package).collect())
    }
}

impl Package {
    /// Downloads the package and unpacks it into `folder`, which must exist.
    pub fn unpack(&self, folder: &Path, step: &Step) -> Result<()> {
        let package = format!("{}={}", self.name, self.version);
        let download = cmd!("apt-get", "download", package);
        step.run(download.env("APT_CONFIG", &self.config).dir(folder))?;
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

/// Returns an apt configuration that keeps everything in `folder`. It takes over only the network
/// settings (`Acquire`) of the machine: the machine's hooks are for the machine's own lists.
fn configuration(folder: &Path) -> Result<String> {
    let folder = folder.display();
    let network = cmd!("apt-config", "dump", "Acquire").read()?;
    Ok([
        network.as_str(),
        "Dir::Etc::main \"/dev/null\";",
        "Dir::Etc::parts \"/dev/null\";",
        &format!("Dir::Etc::sourcelist \"{folder}/sources.list\";"),
        "Dir::Etc::sourceparts \"/dev/null\";",
        &format!("Dir::State::lists \"{folder}/lists\";"),
        &format!("Dir::Cache \"{folder}/cache\";"),
        "APT::Architecture \"amd64\";",
        "APT::Architectures { \"amd64\"; };",
        "APT::Sandbox::User \"\";",
        "Acquire::Languages \"none\";\n",
    ]
    .join("\n"))
}

/// Runs one of apt's programs. If it fails, the error is what it printed on standard error.
fn output(config: &Path, command: Expression) -> Result<String> {
    let command = command.env("APT_CONFIG", config).stdout_capture();
    let output = command.stderr_capture().unchecked().run()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", complaint.trim());
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns a line of apt's `sources.list`: a suite of Debian, verified with its keyring.
pub fn source(suite: &str) -> Result<String> {
    let mirror = mirror()?;
    Ok(format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n"))
}

/// Returns the address of a Debian mirror: `$DEBIAN_MIRROR`, else the one that this machine's apt
/// uses, else (Ubuntu) the default of its package `debootstrap`.
fn mirror() -> Result<String> {
    if let Ok(mirror) = env::var("DEBIAN_MIRROR") {
        return Ok(mirror);
    }
    let format = "$(LABEL)|$(REPO_URI)";
    let known = cmd!(
        "apt-get",
        "indextargets",
        "--format",
        format,
        "Created-By: Packages"
    );
    let known = known.stderr_null().unchecked().read().unwrap_or_default();
    if let Some(mirror) = known.lines().find_map(|line| line.strip_prefix("Debian|")) {
        return Ok(mirror.to_owned());
    }
    // In a container image the package lists are often removed, and with them the labels.
    let asked = cmd!("apt-get", "update", "--print-uris");
    let asked = asked.stderr_null().unchecked().read().unwrap_or_default();
    if let Some(mirror) = asked.lines().find_map(mirror_of) {
        return Ok(mirror.to_owned());
    }
    let debootstrap = fs::read_to_string("/usr/sbin/debootstrap").unwrap_or_default();
    debootstrap
        .lines()
        .find_map(|line| line.strip_prefix("DEF_MIRROR=\"")?.strip_suffix('"'))
        .map(str::to_owned)
        .context("this machine knows no mirror of Debian: set DEBIAN_MIRROR to one's address")
}

/// Returns the mirror of a file that apt would fetch, if it is Debian's: `'http://…/debian/dists/…' …`.
fn mirror_of(line: &str) -> Option<&str> {
    let (mirror, _) = line.strip_prefix('\'')?.split_once("/dists/")?;
    mirror.ends_with("/debian").then_some(mirror)
}

#[cfg(test)]
mod tests {
    use super::mirror_of;

    #[test]
    fn a_mirror_is_known_by_what_apt_would_fetch() {
        for (line, mirror) in [
            (
                "'http://example.org/debian/dists/trixie/InRelease' example.org_trixie_InRelease 0 ",
                Some("http://example.org/debian"),
            ),
            (
                "'http://example.org/debian-security/dists/trixie-security/InRelease' a 0 ",
                None,
            ),
            (
                "'http://example.org/ubuntu/dists/noble/InRelease' a 0 ",
                None,
            ),
        ] {
            assert_eq!(mirror_of(line), mirror);
        }
    }
}
