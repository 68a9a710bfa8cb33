// SPDX-License-Identifier: MIT OR Apache-2.0

//! The unit tests of another project's crate for KVM, as a program for the guest.
//!
//! They are compiled from cargo's own copy of the crate's source, which is only read. This file
//! writes a package around it: cargo builds the tests of a package only if the package belongs to a
//! workspace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use super::{exercise, programs};
use crate::progress::Progress;
use crate::workspace;

/// Builds the unit tests of a dependency of this workspace.
pub fn unit_tests(progress: &Progress, name: &str) -> Result<PathBuf> {
    let source = source_of(name)?;
    let project = workspace::target().join("public").join(name);
    fs::create_dir_all(&project)?;
    let manifest = exercise::package(&project, &manifest_of(&source)?)?;
    let arguments = ["test", "--no-run", "--lib", &manifest];
    let made = programs::cargo(progress, &format!("tests of {name}"), &arguments, &[])?;
    let program = made.executables.into_iter().next();
    program.with_context(|| format!("{name} has no tests"))
}

/// Returns the folder of a package that cargo has downloaded.
fn source_of(name: &str) -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .current_dir(workspace::root())
        .exec()?;
    let package = metadata.packages.into_iter().find(|it| it.name == name);
    let package = package.with_context(|| format!("no package here depends on {name}"))?;
    let folder = package.manifest_path.parent();
    Ok(folder.context("a manifest in no folder")?.into())
}

/// Returns the package's manifest, changed to find its files in `source` and to build for the guest.
fn manifest_of(source: &Path) -> Result<String> {
    let path = source.join("Cargo.toml");
    let text = fs::read_to_string(&path)?;
    let mut manifest: toml::Table = text.parse().with_context(|| path.display().to_string())?;
    for (table, key) in [("package", "build"), ("lib", "path")] {
        let path = manifest.get_mut(table).and_then(|table| table.get_mut(key));
        if let Some(toml::Value::String(path)) = path {
            *path = source.join(&*path).display().to_string();
        }
    }
    manifest.insert("workspace".to_owned(), toml::Table::new().into());
    manifest.insert("profile".to_owned(), programs::guest_profile()?.into());
    Ok(toml::to_string(&manifest)?)
}
