// SPDX-License-Identifier: MIT OR Apache-2.0

//! In what `/dev/hiboma` differs from `/dev/kvm`: the table of `comparisons/kvm/differences.toml`.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::workspace;

/// One difference. The texts are Markdown, of a line or more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// By which tests ask for it.
    name: String,
    /// What KVM does.
    kvm: String,
    /// What hiboma does.
    hiboma: String,
    why: String,
}

fn all() -> Result<Vec<Difference>> {
    #[derive(Deserialize)]
    struct File {
        difference: Vec<Difference>,
    }
    let list = folder().join("differences.toml");
    let file: File = toml::from_str(&fs::read_to_string(&list)?)
        .with_context(|| format!("{} is not as it should be", list.display()))?;
    Ok(file.difference)
}

fn folder() -> PathBuf {
    workspace::root().join("comparisons/kvm")
}

/// Where the table is kept.
pub fn path() -> PathBuf {
    folder().join("differences.md")
}

/// The table. The book shows it as it is.
pub fn table() -> Result<String> {
    let mut table = String::from(
        "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n\
         <!-- cargo lab record makes this of differences.toml -->\n\
         | | `/dev/kvm` | `/dev/hiboma` | why |\n| --- | --- | --- | --- |\n",
    );
    for difference in all()? {
        let Difference {
            name,
            kvm,
            hiboma,
            why,
        } = difference;
        let cells = [name, kvm, hiboma, why].map(|cell| cell.trim().replace('\n', " "));
        writeln!(table, "| {} |", cells.join(" | "))?;
    }
    Ok(table)
}

/// Each difference is one that a test has seen on both devices.
pub fn check_that_tests_ask() -> Result<()> {
    let mut tests = String::new();
    let folder = workspace::root().join("userspace/guest-tests/tests/kvm");
    for file in fs::read_dir(&folder)? {
        tests += &fs::read_to_string(file?.path())?;
    }
    for Difference { name, .. } in all()? {
        let asked = tests.contains(&format!("differs(\"{name}\")"));
        ensure!(asked, "no test asks for the difference \"{name}\"");
    }
    Ok(())
}
