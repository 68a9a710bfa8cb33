// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debug information of the kernel and of KVM's modules, for gdb.
//!
//! The lab builds the kernel a second time, with debug information, and keeps only the files
//! for gdb. Their code must be byte for byte that of the guests' kernel. So the guests run
//! the same kernel with gdb and without, and without gdb nobody pays for the second build.

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

/// The options that are added to the kernel's configuration.
const CONFIG: &str = "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_DWARF5=y\n";

/// The space that the build needs.
const NEEDED_MIB: u64 = 1500;

/// The file that records the source tree that the debug information refers to.
const SOURCE: &str = "source.txt";

/// The kernel's files for gdb.
pub struct DebugInfo {
    folder: PathBuf,
    /// The source tree that the files refer to, which may have moved since.
    pub source: PathBuf,
}

impl DebugInfo {
    /// Returns the debug information of this kernel; builds it if it is not in the cache.
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

    /// Returns the file of the kernel itself.
    pub fn vmlinux(&self) -> PathBuf {
        self.folder.join("vmlinux.debug")
    }

    /// Returns the file of one of KVM's modules, by its name in the kernel: `kvm_amd`.
    pub fn module(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{}.ko.debug", name.replace('_', "-"));
        Some(self.folder.join(file)).filter(|path| path.exists())
    }
}

/// Keeps the debug information of `built`, if its code is identical to that of `runs`.
fn keep(built: &Path, runs: &Path, folder: &Path) -> Result<()> {
    ensure!(
        code(built)? == code(runs)?,
        "the code differs from that of {}",
        runs.display()
    );
    let name = built.file_name().context("a file without a name")?;
    let kept = folder.join(format!("{}.debug", name.to_string_lossy()));
    // gdb complains that the linker's merged index (.debug_names) is too short.
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

/// Returns the code of a file, its section `.text`.
pub fn code(file: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let file = object::File::parse(&*bytes)?;
    let text = file.section_by_name(".text").context("no .text")?;
    Ok(text.data()?.to_vec())
}
