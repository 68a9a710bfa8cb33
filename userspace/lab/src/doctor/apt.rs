// SPDX-License-Identifier: MIT OR Apache-2.0

//! apt-get for set-up: runs as root, shows one progress line per step, never removes a package.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use duct::{Expression, cmd};
use nix::unistd::geteuid;

use crate::build;
use crate::cache::Cache;
use crate::progress::Progress;

/// The command that installs packages. It fails if apt would have to remove one.
pub const INSTALL: &str = "apt-get install --yes --no-remove --no-install-recommends";

/// The machine's own list of sources, in addition to the files in `sources.list.d`.
const SOURCES: &str = "/etc/apt/sources.list";

/// Options of every run. A machine that has just booted may be updating itself for minutes, so wait
/// for the lock. Without a pty dpkg writes no progress bar into the log.
const OPTIONS: [&str; 4] = ["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"];

/// apt, with the machine's sources and those of [`Apt::add_suite`].
pub struct Apt {
    cache: Cache,
    progress: Progress,
    /// The list that apt reads instead of [`SOURCES`].
    sources: Option<PathBuf>,
}

impl Apt {
    /// Checks that commands can run as root. sudo asks for its
    /// password now, while there is no progress bar on the terminal.
    pub fn open() -> Result<Apt> {
        // Not `sudo -v`, which may ask for a password even if commands need none.
        let root = as_root(&["true"]).unchecked().run();
        ensure!(
            root.is_ok_and(|output| output.status.success()),
            "installing packages needs root, and sudo does not run here: `cargo lab doctor` prints \
             the command that root can run"
        );
        let cache = Cache::open()?;
        let progress = Progress::new(cache.path("logs"))?;
        Ok(Apt {
            cache,
            progress,
            sources: None,
        })
    }

    /// Updates the lists of packages.
    pub fn update(&self) -> Result<()> {
        self.step("apt-get update", "apt-get update", &[])
    }

    /// Installs packages, from `suite` if it is given.
    pub fn install(&self, packages: &[String], suite: Option<&str>) -> Result<()> {
        let Some(suite) = suite else {
            return self.step("apt-get install", INSTALL, packages);
        };
        let title = format!("apt-get install from {suite}");
        let install = format!("{INSTALL} --target-release {suite}");
        self.step(&title, &install, packages)
    }

    /// Lets this `Apt` read one more suite of Debian. The machine's own sources do not change.
    pub fn add_suite(&mut self, suite: &str) -> Result<()> {
        let path = self.cache.path("apt").join(format!("{suite}.list"));
        let own = fs::read_to_string(SOURCES).unwrap_or_default();
        fs::create_dir_all(self.cache.path("apt"))?;
        fs::write(&path, format!("{own}\n{}", build::debian_source(suite)?))?;
        self.sources = Some(path);
        self.step(
            &format!("apt-get update with {suite}"),
            "apt-get update",
            &[],
        )
    }

    fn step(&self, title: &str, command: &str, packages: &[String]) -> Result<()> {
        let sources = self.sources.as_ref();
        let sources = sources.map(|path| format!("Dir::Etc::sourcelist={}", path.display()));
        let mut command: Vec<_> = command.split(' ').chain(OPTIONS).collect();
        if let Some(sources) = &sources {
            command.extend(["-o", sources]);
        }
        command.extend(packages.iter().map(String::as_str));
        let step = self.progress.step(title, None)?;
        step.run(as_root(&command).stdin_null())?;
        step.finish();
        Ok(())
    }
}

/// Returns what apt would do to install these packages, or why it cannot.
pub fn simulate(packages: &[String]) -> Result<String> {
    let options = ["install", "--simulate", "--no-install-recommends"];
    let arguments = options
        .into_iter()
        .chain(packages.iter().map(String::as_str));
    read(cmd("apt-get", arguments))
}

/// Returns the versions of a package and their origins.
pub fn policy(package: &str) -> Result<String> {
    read(cmd!("apt-cache", "policy", package))
}

/// Returns whether the machine's sources include a suite of this name.
pub fn knows(suite: &str) -> Result<bool> {
    let format = "$(CODENAME)\n$(SUITE)\n$(RELEASE)";
    let names = read(cmd!("apt-get", "indextargets", "--format", format))?;
    Ok(names.lines().any(|name| name == suite))
}

/// Returns the output of one of apt's commands, in English.
fn read(command: Expression) -> Result<String> {
    let command = command.env("LC_ALL", "C").stderr_null().unchecked();
    Ok(command.read()?)
}

/// Returns a command that runs as root, through sudo if necessary.
fn as_root(command: &[&str]) -> Expression {
    let command = [&["env", "DEBIAN_FRONTEND=noninteractive"], command].concat();
    if geteuid().is_root() {
        cmd("env", &command[1..])
    } else {
        cmd("sudo", command)
    }
}
