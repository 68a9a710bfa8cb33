// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds the definition of a name in the kernel's source.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::definition::definition;
use super::references;

/// The folders to search; those that the book is about come first.
const FOLDERS: [&str; 12] = [
    "fs",
    "virt",
    "arch/x86/kvm",
    "include",
    "rust",
    "kernel",
    "mm",
    "lib",
    "drivers/char",
    "arch/x86",
    "net",
    "drivers",
];

/// A definition.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// Its file, relative to the root of the source.
    pub file: PathBuf,
    /// The number of its first line, from 1 on.
    pub line: usize,
    /// The text of the definition.
    pub text: String,
}

/// Returns the definition of this name: from the file in the book, or from the first that has one.
pub fn look_up(source: &Path, name: &str) -> Result<Option<Found>> {
    for reference in references::all()? {
        if reference.name == name
            && let Some(found) = in_file(source, &source.join(&reference.file), name)
        {
            return Ok(Some(found));
        }
    }
    let mut declared = None;
    for folder in FOLDERS {
        match in_folder(source, &source.join(folder), name) {
            Some(found) if is_whole(&found) => return Ok(Some(found)),
            found => declared = declared.or(found),
        }
    }
    Ok(declared)
}

/// Returns whether it is more than a declaration.
fn is_whole(found: &Found) -> bool {
    found.text.contains('{') || found.text.starts_with("#define")
}

fn in_folder(source: &Path, folder: &Path, name: &str) -> Option<Found> {
    let mut paths: Vec<_> = fs::read_dir(folder).ok()?.flatten().collect();
    paths.sort_by_key(|entry| entry.file_name());
    let mut declared = None;
    for entry in paths {
        let path = entry.path();
        let found = match entry.file_type().ok()?.is_dir() {
            true => in_folder(source, &path, name),
            false => in_file(source, &path, name),
        };
        match found {
            Some(found) if is_whole(&found) => return Some(found),
            found => declared = declared.or(found),
        }
    }
    declared
}

fn in_file(source: &Path, path: &Path, name: &str) -> Option<Found> {
    let ending = path.extension()?.to_str()?;
    if !["c", "h", "rs"].contains(&ending) {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    if !text.contains(name) {
        return None;
    }
    let defined = definition(&text, name)?;
    let begin = text.find(&defined)?;
    Some(Found {
        file: path.strip_prefix(source).unwrap_or(path).to_owned(),
        line: text[..begin].matches('\n').count() + 1,
        text: defined,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_found_behind_its_declarations() {
        let source = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = source.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("fs/a.h", "int f(void);\n");
        write("kernel/b.c", "\nint f(void)\n{\n\treturn 1;\n}\n");
        let found = look_up(source.path(), "f").unwrap().unwrap();
        assert_eq!(found.file, Path::new("kernel/b.c"));
        assert_eq!(found.line, 2);
        assert_eq!(found.text, "int f(void)\n{\n\treturn 1;\n}");
        assert_eq!(look_up(source.path(), "g").unwrap(), None);
    }
}
