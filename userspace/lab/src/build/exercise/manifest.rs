// SPDX-License-Identifier: MIT OR Apache-2.0

//! A package for a program that belongs to none.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::build::programs::guest_profile;
use crate::workspace;

/// Returns its `Cargo.toml`, with the dependencies of the package `exercises` and the workspace's
/// profile for the guest.
pub fn manifest_of(name: &str, main: &Path) -> Result<String> {
    let read = |path: &str| -> Result<toml::Table> {
        let path = workspace::root().join(path);
        let text = fs::read_to_string(&path)?;
        text.parse().with_context(|| path.display().to_string())
    };
    let root = read("Cargo.toml")?;
    let exercises = read("userspace/exercises/Cargo.toml")?;
    let shared = &root["workspace"]["dependencies"];
    let mut dependencies = toml::Table::new();
    let own = exercises["dependencies"].as_table();
    for (name, asked) in own.context("userspace/exercises/Cargo.toml has no dependencies")? {
        let shared = shared
            .get(name)
            .with_context(|| format!("the workspace has no dependency `{name}`"))?;
        let mut entry = match shared {
            toml::Value::Table(table) => table.clone(),
            version => [("version".to_owned(), version.clone())]
                .into_iter()
                .collect(),
        };
        if let Some(features) = asked.get("features") {
            entry.insert("features".to_owned(), features.clone());
        }
        if let Some(toml::Value::String(path)) = entry.get_mut("path") {
            *path = workspace::root().join(&*path).display().to_string();
        }
        dependencies.insert(name.clone(), entry.into());
    }
    let mut manifest = toml::toml! {
        [package]
        edition = "2024"

        [[bin]]

        [workspace]
    };
    let main = main.display().to_string();
    insert(&mut manifest["package"], "name", name)?;
    insert(&mut manifest["bin"][0], "name", name)?;
    insert(&mut manifest["bin"][0], "path", &main)?;
    manifest.insert("dependencies".to_owned(), dependencies.into());
    manifest.insert("profile".to_owned(), guest_profile()?.into());
    Ok(toml::to_string(&manifest)?)
}

fn insert(table: &mut toml::Value, key: &str, value: &str) -> Result<()> {
    let table = table.as_table_mut().context("it is no table")?;
    table.insert(key.to_owned(), value.into());
    Ok(())
}
