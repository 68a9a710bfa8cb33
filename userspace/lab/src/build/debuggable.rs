// SPDX-License-Identifier: MIT OR Apache-2.0

//! Our modules once more, with debug information.

use std::path::{Path, PathBuf};

use anyhow::Result;
use object::Object;

use super::debug_info::code;
use super::kernel::Kernel;
use super::modules::{self, FOLDERS, Recipe};
use super::toolchain::Toolchain;
use crate::progress::Progress;

/// How much debug information a module has.
#[derive(Clone, Copy)]
pub enum Detail {
    /// The source line of each instruction. The code is the same as without debug information.
    Lines,
    /// Types and variables as well, for gdb. In places rustc's code differs from that without debug
    /// information, so the guest must run this very module.
    All,
}

impl Detail {
    /// Returns the name of its folder.
    fn name(self) -> &'static str {
        match self {
            Detail::Lines => "lines",
            Detail::All => "debuggable",
        }
    }

    /// Returns the variables for make, which pass the flags to rustc and gcc.
    fn flags(self) -> [&'static str; 2] {
        match self {
            Detail::Lines => [
                "RUSTFLAGS_MODULE=-Cdebuginfo=line-tables-only",
                "KCFLAGS=-g1",
            ],
            Detail::All => ["RUSTFLAGS_MODULE=-Cdebuginfo=2", "KCFLAGS=-g"],
        }
    }
}

/// Returns all our modules; builds them again if their source or the kernel has changed.
pub fn get(
    detail: Detail,
    progress: &Progress,
    kernel: &Kernel,
    toolchain: &Toolchain,
) -> Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    for (folder, names) in FOLDERS {
        let output = modules::output_folder(kernel, &format!("{}/{folder}", detail.name()))?;
        let title = format!("{folder}, with debug information");
        let mut recipe = Recipe::of(folder, output, kernel)?;
        recipe.title = &title;
        recipe.arguments.extend(detail.flags().map(str::to_owned));
        recipe.make(progress, kernel, toolchain)?;
        made.extend(names.iter().map(|name| recipe.output.join(name)));
    }
    Ok(made)
}

/// Returns the one of these files that has this module's name and code.
pub fn same(module: &Path, files: Vec<PathBuf>) -> Result<Option<PathBuf>> {
    let mut files = files.into_iter();
    let Some(file) = files.find(|it| it.file_name() == module.file_name()) else {
        return Ok(None);
    };
    Ok((code(&file)? == code(module)?).then_some(file))
}

/// Returns whether a module has line tables.
pub fn has_lines(module: &Path) -> Result<bool> {
    let bytes = std::fs::read(module)?;
    let file = object::File::parse(&*bytes)?;
    Ok(file.section_by_name(".debug_line").is_some())
}
