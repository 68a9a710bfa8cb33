// SPDX-License-Identifier: MIT OR Apache-2.0

//! Our modules, built out of tree against the lab's kernel by their own Makefiles.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::kernel::Kernel;
use super::toolchain::Toolchain;
use crate::cache;
use crate::progress::Progress;
use crate::workspace;

/// The folders that hold modules, and what each makes.
const FOLDERS: [(&str, &[&str]); 2] = [
    ("module", &["hiboma.ko", "anon_inode_sample.ko"]),
    ("comparisons/c", &["hiboma_c.ko", "anon_inode_sample_c.ko"]),
];

/// All our modules, made anew where their source or the kernel has changed.
pub fn get(progress: &Progress, kernel: &Kernel, toolchain: &Toolchain) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for (folder, names) in FOLDERS {
        let output = make(progress, kernel, toolchain, folder)?;
        modules.extend(names.iter().map(|name| output.join(name)));
    }
    Ok(modules)
}

/// Runs the folder's Makefile; returns the folder that holds what it made.
fn make(
    progress: &Progress,
    kernel: &Kernel,
    toolchain: &Toolchain,
    name: &str,
) -> Result<PathBuf> {
    let source = workspace::root().join(name).canonicalize()?;
    let output = workspace::target()
        .join("modules")
        .join(&kernel.key)
        .join(name);
    let stamp = output.join(".built-from");
    let mut inputs = sources(&source)?;
    inputs.push(fs::read_to_string(kernel.folder.join("Module.symvers"))?);
    let key = cache::key(inputs.iter().map(String::as_str));
    let is_built = || fs::read_to_string(&stamp).is_ok_and(|built| built == key);
    if is_built() {
        return Ok(output);
    }
    fs::create_dir_all(&output)?;
    let _lock = cache::lock(&output.join(".lock"), name)?;
    if is_built() {
        return Ok(output);
    }
    let output = output.canonicalize()?;
    let step = progress.step(name, None)?;
    let command = toolchain.make([
        "-C",
        &source.display().to_string(),
        &format!("KDIR={}", kernel.folder.display()),
        &format!("MO={}", output.display()),
    ]);
    step.run(command)?;
    fs::write(&stamp, &key)?;
    step.finish();
    Ok(output)
}

/// The names and contents of the files that a module is made from.
fn sources(folder: &Path) -> Result<Vec<String>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            sources.extend(self::sources(&path)?);
            continue;
        }
        let is_source = [".rs", ".c", ".h"]
            .iter()
            .any(|ending| name.ends_with(ending));
        // Kbuild makes these, where it is run without the lab.
        let is_made = name.ends_with(".mod.c") || name.starts_with('.');
        if (is_source && !is_made) || name == "Kbuild" || name == "Makefile" {
            let content = fs::read(&path).with_context(|| path.display().to_string())?;
            let content = String::from_utf8_lossy(&content);
            sources.push(format!("{}\n{content}", path.display()));
        }
    }
    sources.sort();
    Ok(sources)
}
