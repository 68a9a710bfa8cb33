// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's kernel: `vmlinux` and KVM's modules, built out of tree in the cache.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::cmd;

use super::configuration::Wanted;
use super::kernel_source::KernelSource;
use super::moved;
use super::toolchain::Toolchain;
use crate::cache::{self, Cache};
use crate::progress::{Progress, Step};

/// The recipe's version: change it whenever [`build`] makes another kernel from the same input.
const RECIPE: &str = "1";

/// The file with the wanted configuration, in the kernel's folder.
const CONFIG: &str = "wanted.config";

/// The space that the build needs.
const NEEDED_MIB: u64 = 800;

/// The number of lines that Kbuild prints for it.
pub const LINES: u64 = 1400;

/// KVM's modules, in the order in which they are loaded; the guest chooses kvm-amd or kvm-intel.
const KVM_MODULES: [&str; 4] = [
    "virt/lib/irqbypass.ko",
    "arch/x86/kvm/kvm.ko",
    "arch/x86/kvm/kvm-amd.ko",
    "arch/x86/kvm/kvm-intel.ko",
];

/// A kernel that was built.
pub struct Kernel {
    /// Kbuild's output folder: `KDIR` for modules.
    pub folder: PathBuf,
    /// The source tree that it was built from.
    pub source: PathBuf,
    /// The key that distinguishes it from other kernels.
    pub key: String,
}

impl Kernel {
    /// Returns the kernel for this checkout and this machine; builds it if it is not in the cache.
    pub fn get(
        cache: &Cache,
        progress: &Progress,
        source: KernelSource,
        toolchain: &Toolchain,
        wanted: &Wanted,
    ) -> Result<Kernel> {
        let config = wanted.text()?;
        let key = cache::key([RECIPE, &source.id, &toolchain.id, &config]);
        let name = format!("kernels/{key}");
        if source.is_given {
            cache.reopen(&name)?;
        }
        let folder = cache.resumable(&name, |folder| {
            cache.check_space("the kernel", NEEDED_MIB)?;
            let inputs = format!("Linux {}\n{}\n", source.id, toolchain.id);
            fs::write(folder.join("built-from.txt"), inputs)?;
            configure(folder, &config)?;
            let step = progress.step("kernel", Some(LINES))?;
            build(&step, &source.path, folder, toolchain)
                .with_context(|| format!("configured by {}", wanted.files()))?;
            step.finish();
            Ok(())
        })?;
        let kernel = Kernel {
            folder,
            source: source.path,
            key,
        };
        moved::settle(&kernel, cache, toolchain)?;
        Ok(kernel)
    }

    /// Returns its version, as `uname -r` prints it.
    pub fn release(&self) -> Result<String> {
        let release = fs::read_to_string(self.folder.join("include/config/kernel.release"))?;
        Ok(release.trim().to_owned())
    }

    /// Returns the file that QEMU boots: an ELF file without symbols.
    pub fn vmlinux(&self) -> PathBuf {
        self.folder.join("vmlinux.stripped")
    }

    /// Returns KVM's modules.
    pub fn kvm_modules(&self) -> impl Iterator<Item = PathBuf> + '_ {
        KVM_MODULES.iter().map(|module| self.folder.join(module))
    }
}

/// Returns the files of a build that have symbols.
pub fn with_symbols() -> impl Iterator<Item = &'static str> {
    ["vmlinux"].into_iter().chain(KVM_MODULES)
}

/// Writes the wanted configuration to the file from which [`build`] reads it.
pub fn configure(folder: &Path, config: &str) -> Result<()> {
    Ok(fs::write(folder.join(CONFIG), config)?)
}

/// Builds the source tree `source` in `folder`.
pub fn build(step: &Step, source: &Path, folder: &Path, toolchain: &Toolchain) -> Result<()> {
    let source = source.display().to_string();
    let output = format!("O={}", folder.display());
    let make = |targets: &[&str]| {
        let arguments = ["-C", &source, &output].into_iter();
        toolchain.make(arguments.chain(targets.iter().copied()))
    };
    let config = folder.join(CONFIG);
    step.run(make(&["allnoconfig"]).env("KCONFIG_ALLCONFIG", &config))?;
    check_config(&config, &folder.join(".config"))?;
    step.run(make(&["vmlinux", "modules"]))?;
    let stripped = folder.join("vmlinux.stripped");
    step.run(cmd!("strip", "-o", stripped, folder.join("vmlinux")))?;
    Ok(())
}

/// Fails if a wanted line is missing: Kconfig silently drops options whose dependencies fail.
fn check_config(wanted: &Path, got: &Path) -> Result<()> {
    let (wanted, got) = (fs::read_to_string(wanted)?, fs::read_to_string(got)?);
    let got: HashSet<&str> = got.lines().collect();
    let held = |line: &str| match line
        .strip_prefix("# ")
        .and_then(|line| line.split_once(' '))
    {
        // Kconfig does not mention an option at all if its dependencies fail.
        Some((option, "is not set")) => !got.contains(format!("{option}=y").as_str()),
        Some(_) => true,
        None => !line.starts_with("CONFIG_") || got.contains(line),
    };
    let dropped: Vec<_> = wanted.lines().filter(|line| !held(line)).collect();
    ensure!(
        dropped.is_empty(),
        "this kernel does not take these lines of its configuration: {}\n\
         where CONFIG_RUST is among them, `make rustavailable` in the kernel's tree says why",
        dropped.join(", ")
    );
    Ok(())
}
