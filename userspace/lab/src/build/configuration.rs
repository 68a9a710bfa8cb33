// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels that the lab can build, and the configuration of each.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::toolchain::Compiler;
use crate::workspace;

/// The folder of the files, in the checkout.
const FOLDER: &str = "userspace/lab/kernel";

/// What the commands are told about the kernel.
#[derive(clap::Args)]
pub struct KernelArguments {
    /// Use this kernel
    #[arg(long, default_value = "lab")]
    kernel: Configuration,
    /// Add the kernel options in this file, such as CONFIG_BLOCK=y; the lab builds such a kernel once
    #[arg(long, value_name = "FILE")]
    kconfig: Option<PathBuf>,
}

impl KernelArguments {
    /// Returns whether the arguments ask for the lab's own kernel.
    pub fn are_default(&self) -> bool {
        matches!(self.kernel, Configuration::Lab) && self.kconfig.is_none()
    }

    /// Returns the kernel that the arguments ask for.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            configuration: self.kernel,
            kconfig: self.kconfig.clone(),
        }
    }
}

/// A kernel to build: one of the lab's, perhaps with options of the user.
#[derive(Clone)]
pub struct Wanted {
    /// The lab's kernel that it is based on.
    pub configuration: Configuration,
    /// A file with options that override the lab's.
    pub kconfig: Option<PathBuf>,
}

impl From<Configuration> for Wanted {
    fn from(configuration: Configuration) -> Self {
        Wanted {
            configuration,
            kconfig: None,
        }
    }
}

impl Wanted {
    /// Returns whether it is the lab's own kernel, without changes.
    pub fn is_lab_s(&self) -> bool {
        self.configuration == Configuration::Lab && self.kconfig.is_none()
    }

    /// Returns the names of the files that configure it.
    pub fn files(&self) -> String {
        let own = self.kconfig.iter().map(|file| file.display().to_string());
        let files = self.configuration.files().iter().map(|&file| file.into());
        files.chain(own).collect::<Vec<_>>().join(", ")
    }

    /// Returns its configuration, as input for Kconfig.
    pub fn text(&self) -> Result<String> {
        let text = self.configuration.text()?;
        let Some(file) = &self.kconfig else {
            return Ok(text);
        };
        let own =
            fs::read_to_string(file).with_context(|| format!("--kconfig {}", file.display()))?;
        Ok(merge(&text, &own))
    }
}

/// Which kernel a guest runs: what `--kernel` takes.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Configuration {
    /// Small, and fast to boot
    #[default]
    Lab,
    /// The same with KASAN, lockdep, kmemleak and fault injection; slow; built at the first use
    Debug,
}

impl Configuration {
    /// Returns its files, in `userspace/lab/kernel/`. If two of them set the same option, the later
    /// file wins.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Configuration::Lab => &["lab.config"],
            Configuration::Debug => &["lab.config", "debug.config"],
        }
    }

    /// Returns the compiler for it. `CONFIG_RUST` depends on `!KASAN || CC_IS_CLANG`.
    pub fn compiler(self) -> Compiler {
        match self {
            Configuration::Lab => Compiler::Gcc,
            Configuration::Debug => Compiler::Clang,
        }
    }

    /// Returns the memory that it needs beside the size of its files, in MiB. KASAN's shadow takes
    /// 1/8 of all memory, and its quarantine and kmemleak keep what was freed and allocated.
    pub fn memory_mib(self) -> u64 {
        match self {
            Configuration::Lab => 256,
            Configuration::Debug => 2048,
        }
    }

    /// Returns how many times longer than with the lab's kernel anything may take.
    pub fn slowness(self) -> u32 {
        match self {
            Configuration::Lab => 1,
            Configuration::Debug => 10,
        }
    }

    /// Returns its configuration, as input for Kconfig.
    fn text(self) -> Result<String> {
        let mut text = String::new();
        for file in self.files() {
            let later = fs::read_to_string(workspace::root().join(FOLDER).join(file))?;
            text = merge(&text, &later);
        }
        Ok(text)
    }
}

/// Returns the lines of `earlier` whose options `later` does not set, and then all of `later`.
fn merge(earlier: &str, later: &str) -> String {
    let says: Vec<_> = later.lines().filter_map(option).collect();
    let kept = earlier
        .lines()
        .filter(|line| option(line).is_none_or(|option| !says.contains(&option)));
    let lines = kept.chain(later.lines());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Returns the option that a line sets or unsets.
fn option(line: &str) -> Option<&str> {
    let line = line.strip_prefix("# ").unwrap_or(line);
    let is_option = line.starts_with("CONFIG_");
    is_option.then(|| line.split(['=', ' ']).next().unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Configuration, Wanted, merge};

    #[test]
    fn options_of_one_s_own_hold_against_the_lab_s() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.config");
        fs::write(&file, "CONFIG_NR_CPUS=2\nCONFIG_BLOCK=y\n").unwrap();
        let wanted = |kconfig| Wanted {
            configuration: Configuration::Lab,
            kconfig,
        };
        let text = wanted(Some(file)).text().unwrap();
        let says = |line| text.lines().any(|it| it == line);
        assert!(says("CONFIG_RUST=y") && says("CONFIG_NR_CPUS=2") && says("CONFIG_BLOCK=y"));
        assert!(!says("CONFIG_NR_CPUS=8") && !says("# CONFIG_BLOCK is not set"));
        // The text distinguishes kernels in the cache.
        assert_ne!(text, wanted(None).text().unwrap());

        let error = wanted(Some("/nowhere".into())).text().unwrap_err();
        assert!(
            format!("{error:#}").starts_with("--kconfig /nowhere: "),
            "{error:#}"
        );
    }

    #[test]
    fn the_later_line_about_an_option_holds() {
        let earlier = "# Why.\nCONFIG_A=y\nCONFIG_AB=20\n# CONFIG_C is not set\n";
        let later = "CONFIG_C=y\n# CONFIG_A is not set\n";
        let merged = "# Why.\nCONFIG_AB=20\nCONFIG_C=y\n# CONFIG_A is not set\n";
        assert_eq!(merge(earlier, later), merged);
    }
}
