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

/// The folders that have modules, and the modules that each builds.
pub const FOLDERS: [(&str, &[&str]); 2] = [
    (
        "module",
        &[
            "hiboma_tiny.ko",
            "hiboma.ko",
            "samples/anon_inode/anon_inode_sample.ko",
        ],
    ),
    ("comparisons/c", &["hiboma_c.ko", "anon_inode_sample_c.ko"]),
];

/// Returns all our modules; builds them again if their source or the kernel has changed.
pub fn get(progress: &Progress, kernel: &Kernel, toolchain: &Toolchain) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for (folder, names) in FOLDERS {
        let recipe = Recipe::of(folder, output_folder(kernel, folder)?, kernel)?;
        recipe.make(progress, kernel, toolchain)?;
        modules.extend(names.iter().map(|name| recipe.output.join(name)));
    }
    Ok(modules)
}

/// Returns the folder for what is built from `name` for this kernel.
pub fn output_folder(kernel: &Kernel, name: &str) -> Result<PathBuf> {
    let folder = workspace::target()
        .join("modules")
        .join(&kernel.key)
        .join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// How to build the modules of a folder.
pub struct Recipe<'a> {
    /// The title to show during the build.
    pub title: &'a str,
    /// The files and folders that the modules are built from.
    pub sources: Vec<PathBuf>,
    /// make's arguments.
    pub arguments: Vec<String>,
    /// The folder that the modules are built into.
    pub output: PathBuf,
}

impl<'a> Recipe<'a> {
    /// Returns the recipe of a folder of the checkout, whose Makefile understands KDIR and MO.
    pub fn of(folder: &'a str, output: PathBuf, kernel: &Kernel) -> Result<Self> {
        let source = workspace::root().join(folder).canonicalize()?;
        Ok(Recipe {
            title: folder,
            arguments: vec![
                "-C".to_owned(),
                source.display().to_string(),
                format!("KDIR={}", kernel.folder.display()),
                format!("MO={}", output.display()),
            ],
            sources: vec![source],
            output,
        })
    }

    /// Runs make, unless nothing has changed since its last run. Returns the lines that it printed
    /// then.
    pub fn make(
        &self,
        progress: &Progress,
        kernel: &Kernel,
        toolchain: &Toolchain,
    ) -> Result<Vec<String>> {
        let stamp = self.output.join(".built-from");
        let mut inputs = self.arguments.clone();
        for source in &self.sources {
            inputs.extend(sources(source)?);
        }
        inputs.push(fs::read_to_string(kernel.folder.join("Module.symvers"))?);
        let key = cache::key(inputs.iter().map(String::as_str));
        let said = self.output.join(".said");
        let built = || -> Option<Vec<String>> {
            let is_built = fs::read_to_string(&stamp).ok()? == key;
            let said = fs::read_to_string(&said).ok()?;
            is_built.then(|| said.lines().map(str::to_owned).collect())
        };
        if let Some(said) = built() {
            return Ok(said);
        }
        let _lock = cache::lock(&self.output.join(".lock"), self.title)?;
        if let Some(said) = built() {
            return Ok(said);
        }
        let step = progress.step(self.title, None)?;
        let arguments = self.arguments.iter().map(String::as_str);
        let lines = step.run(toolchain.make(arguments))?;
        fs::write(&said, lines.join("\n"))?;
        fs::write(&stamp, &key)?;
        step.finish();
        Ok(lines)
    }
}

/// Returns the names and contents of the files that a module is built from.
fn sources(path: &Path) -> Result<Vec<String>> {
    let mut sources = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            sources.extend(self::sources(&entry?.path())?);
        }
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_source = [".rs", ".c", ".h"]
            .iter()
            .any(|ending| name.ends_with(ending));
        // Kbuild generates these in the source folder, if it is run without the lab.
        let is_made = name.ends_with(".mod.c") || name.starts_with('.');
        if (is_source && !is_made) || name == "Kbuild" || name == "Makefile" {
            let content = fs::read(path).with_context(|| path.display().to_string())?;
            let content = String::from_utf8_lossy(&content);
            sources.push(format!("{}\n{content}", path.display()));
        }
    }
    sources.sort();
    Ok(sources)
}
