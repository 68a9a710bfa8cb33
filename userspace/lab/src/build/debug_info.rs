// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debug information of the kernel and of KVM's modules, for gdb.
//!
//! The kernel is built once more with it, and of that build only the files are kept that gdb reads. Their code
//! is that of the kernel that the guests run, byte by byte, so that kernel stays what it is, and whoever
//! needs no debugger pays nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::cmd;
use object::{Object, ObjectSection};

use super::configuration::Wanted;
use super::kernel::{self, Kernel};
use super::toolchain::Toolchain;
use crate::cache::Cache;
use crate::progress::Progress;

/// What is asked of Kconfig on top.
const CONFIG: &str = "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_DWARF5=y\n";

/// What it takes while it is built.
const NEEDED_MIB: u64 = 1500;

/// The file beside the others that names the tree whose files they name.
const SOURCE: &str = "source.txt";

/// What gdb reads of the kernel.
pub struct DebugInfo {
    folder: PathBuf,
    /// The tree that the files name, which may have moved since.
    pub source: PathBuf,
}

impl DebugInfo {
    /// That of this kernel, built where the cache has none.
    pub fn get(
        cache: &Cache,
        progress: &Progress,
        kernel: &Kernel,
        toolchain: &Toolchain,
        wanted: &Wanted,
    ) -> Result<DebugInfo> {
        let name = format!("debug-info/{}", kernel.key);
        let folder = cache.resumable(&name, |folder| {
            cache.check_space("the kernel's debug information", NEEDED_MIB)?;
            let build = folder.join("build");
            fs::create_dir_all(&build)?;
            kernel::configure(&build, &format!("{}{CONFIG}", wanted.text()?))?;
            let step = progress.step("kernel, for gdb", Some(kernel::LINES))?;
            kernel::build(&step, &kernel.source, &build, toolchain)?;
            for file in kernel::with_symbols() {
                keep(&build.join(file), &kernel.folder.join(file), folder)
                    .with_context(|| format!("debug information of {file}"))?;
            }
            fs::write(folder.join(SOURCE), kernel.source.display().to_string())?;
            fs::remove_dir_all(&build)?;
            step.finish();
            Ok(())
        })?;
        let source = fs::read_to_string(folder.join(SOURCE))?.into();
        Ok(DebugInfo { folder, source })
    }

    /// The kernel's file.
    pub fn vmlinux(&self) -> PathBuf {
        self.folder.join("vmlinux.debug")
    }

    /// The file of one of KVM's modules, by its name in the kernel: `kvm_amd`.
    pub fn module(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{}.ko.debug", name.replace('_', "-"));
        Some(self.folder.join(file)).filter(|path| path.exists())
    }
}

/// Keeps the debug information of `built`, if its code is that of `runs`.
fn keep(built: &Path, runs: &Path, folder: &Path) -> Result<()> {
    ensure!(
        code(built)? == code(runs)?,
        "the code differs from that of {}",
        runs.display()
    );
    let name = built.file_name().context("a file without a name")?;
    let kept = folder.join(format!("{}.debug", name.to_string_lossy()));
    // The linker puts together indexes of which gdb then says that they are too short.
    cmd!(
        "objcopy",
        "--only-keep-debug",
        "--remove-section=.debug_names",
        built,
        kept
    )
    .run()?;
    Ok(())
}

/// A file's code.
pub fn code(file: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let file = object::File::parse(&*bytes)?;
    let text = file.section_by_name(".text").context("no .text")?;
    Ok(text.data()?.to_vec())
}
