// SPDX-License-Identifier: MIT OR Apache-2.0

//! The targets, and their source files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use lab::build::MODULE_FOLDERS;
use lab::workspace;
use serde::Deserialize;

/// The folders of the programs, and of the code that they share.
const PAIRS: &str = "userspace/pairs";
const SHARED: &str = "userspace/pairs/src/";

/// The C programs, and the folder of their sources.
const C: &str = "comparisons/c";
const CLIENTS: [&str; 2] = ["client", "kvm-client"];

/// A target of a build.
pub struct Target {
    /// Its name in the guest.
    pub name: String,
    pub kind: Kind,
}

/// The way a target is built.
pub enum Kind {
    /// By Kbuild, as this target in this folder.
    Module { folder: String, target: String },
    /// By rustc, from this file in the folder of the pairs.
    Program { main: String },
    /// By gcc, from this file.
    Client { source: String },
}

impl Target {
    /// Returns all targets.
    pub fn all() -> Result<Vec<Target>> {
        let modules = MODULE_FOLDERS.iter().flat_map(|(folder, targets)| {
            targets.iter().map(|target| Target {
                name: target.rsplit('/').next().unwrap_or(target).to_string(),
                kind: Kind::Module {
                    folder: folder.to_string(),
                    target: target.to_string(),
                },
            })
        });
        let clients = CLIENTS.iter().map(|name| Target {
            name: name.to_string(),
            kind: Kind::Client {
                source: format!("{C}/{name}.c"),
            },
        });
        Ok(modules.chain(programs()?).chain(clients).collect())
    }

    /// Returns whether a command line contains its name as a word.
    pub fn is_named_in(&self, command: &str) -> bool {
        let is_in_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        let mut words = command.split(|c| !is_in_name(c));
        words.any(|word| word == self.name)
    }

    /// Returns whether this file is one of its sources.
    pub fn is_made_of(&self, path: &str) -> bool {
        match &self.kind {
            Kind::Module { folder, .. } => Path::new(path).starts_with(folder),
            Kind::Program { main } => {
                let main = format!("{PAIRS}/{main}");
                let folder = main.strip_suffix("main.rs");
                path == main
                    || path.starts_with(SHARED)
                    || folder.is_some_and(|folder| path.starts_with(folder))
            }
            Kind::Client { source } => path == source || path == format!("{C}/hiboma.h"),
        }
    }

    /// Returns the folder that contains all of its sources.
    pub fn folder(&self) -> &str {
        match &self.kind {
            Kind::Module { folder, .. } => folder,
            Kind::Program { .. } => PAIRS,
            Kind::Client { .. } => C,
        }
    }

    /// Returns its path in the guest.
    pub fn guest_path(&self) -> String {
        match self.kind {
            Kind::Module { .. } => format!("/lib/modules/{}", self.name),
            _ => format!("/bin/{}", self.name),
        }
    }
}

/// Returns the programs of the pairs, from their manifest.
fn programs() -> Result<impl Iterator<Item = Target>> {
    #[derive(Deserialize)]
    struct Manifest {
        bin: Vec<Bin>,
    }
    #[derive(Deserialize)]
    struct Bin {
        name: String,
        path: String,
    }
    let path = workspace::root().join(PAIRS).join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let manifest: Manifest = toml::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(manifest.bin.into_iter().map(|bin| Target {
        name: bin.name,
        kind: Kind::Program { main: bin.path },
    }))
}

#[cfg(test)]
mod tests {
    use super::Target;

    /// Returns the targets that are built if this file has changed and this command will run.
    fn built(path: &str, command: &str) -> Vec<String> {
        let targets = Target::all().unwrap().into_iter();
        let built = targets.filter(|it| it.is_made_of(path) && it.is_named_in(command));
        built.map(|target| target.name).collect()
    }

    #[test]
    fn only_what_is_run_and_has_changed_is_built() {
        assert_eq!(
            built(
                "module/hiboma_tiny.rs",
                "insmod /lib/modules/hiboma_tiny.ko; 1-open-hiboma"
            ),
            ["hiboma_tiny.ko"]
        );
        assert_eq!(
            built("userspace/pairs/11-life/screen.rs", "11-life /dev/kvm"),
            ["11-life"]
        );
        assert_eq!(
            built("userspace/pairs/1-open/kvm.rs", "1-open-hiboma hiboma.ko").len(),
            0
        );
        assert_eq!(
            built(
                "userspace/pairs/src/memory.rs",
                "echo | 8-run-loop /dev/kvm"
            ),
            ["8-run-loop"]
        );
        assert_eq!(
            built("comparisons/c/client.c", "client /dev/hiboma"),
            ["client"]
        );
        assert_eq!(
            built("comparisons/c/hiboma.c", "client hiboma_c.ko"),
            ["hiboma_c.ko"]
        );
    }
}
