// SPDX-License-Identifier: MIT OR Apache-2.0

//! A copy of the editable folders, with a seat's files in place of the checkout's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lab::{disk, workspace};
use walkdir::WalkDir;

use crate::files::{FOLDERS, File};

/// The names and the endings of files that are copied.
const NAMES: [&str; 2] = ["Kbuild", "Makefile"];
const ENDINGS: [&str; 3] = ["rs", "c", "h"];

/// Makes `to` such a copy, with additional files by their paths in it. Files that
/// are already right are not written, so that make does not consider them new.
pub fn copy(to: &Path, changed: &[File], more: &[(PathBuf, String)]) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for (path, text) in more {
        let copy = to.join(path);
        disk::write_if_new(&copy, text)?;
        wanted.insert(copy);
    }
    for folder in FOLDERS {
        for original in files(&workspace::root().join(folder))? {
            let path = original.strip_prefix(workspace::root())?;
            let own = changed.iter().find(|file| Path::new(file.path()) == path);
            let own = own.map(File::copy).transpose()?.flatten();
            let text = match own {
                Some(text) => text,
                None => {
                    fs::read_to_string(&original).with_context(|| path.display().to_string())?
                }
            };
            let copy = to.join(path);
            disk::write_if_new(&copy, &text)?;
            wanted.insert(copy);
        }
    }
    for copy in WalkDir::new(to) {
        let copy = copy?;
        if !copy.file_type().is_dir() && !wanted.contains(copy.path()) {
            fs::remove_file(copy.path())?;
        }
    }
    Ok(())
}

/// Returns the source files in a folder; links are skipped.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy();
        let ending = path.extension().unwrap_or_default();
        let is_source = NAMES.contains(&&*name) || ENDINGS.iter().any(|it| ending == *it);
        // Kbuild generates these when it runs without the lab.
        let is_made = name.ends_with(".mod.c") || name.starts_with('.');
        if entry.file_type().is_file() && is_source && !is_made {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}
