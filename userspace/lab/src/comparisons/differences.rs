// SPDX-License-Identifier: MIT OR Apache-2.0

//! How `/dev/hiboma` and `/dev/hiboma-svm` differ from `/dev/kvm`: `comparisons/kvm/differences.toml`.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::lists::read;
use crate::workspace;

/// One difference. The texts are Markdown, of one or more lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// The name that tests use for it.
    name: String,
    /// What KVM does.
    kvm: String,
    /// What hiboma does.
    hiboma: String,
    why: String,
    /// Whether it is the interpreter's, so that `/dev/hiboma-svm` behaves like KVM.
    #[serde(default)]
    interpreter_only: bool,
}

fn all() -> Result<Vec<Difference>> {
    #[derive(Deserialize)]
    struct File {
        difference: Vec<Difference>,
    }
    let file: File = read("kvm/differences.toml")?;
    Ok(file.difference)
}

fn folder() -> PathBuf {
    workspace::root().join("comparisons/kvm")
}

/// Returns the path of the list in Markdown.
pub fn path() -> PathBuf {
    folder().join("differences.md")
}

/// Returns the list in Markdown, which the book includes.
pub fn list() -> Result<String> {
    let mut list = String::from(
        "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n\
         <!-- cargo lab record makes this of differences.toml -->\n",
    );
    for difference in all()? {
        let Difference {
            name,
            kvm,
            hiboma,
            why,
            interpreter_only,
        } = difference;
        let [name, kvm, hiboma, why] =
            [name, kvm, hiboma, why].map(|text| text.trim().replace('\n', " "));
        writeln!(list, "- **{name}**")?;
        writeln!(list, "  - `/dev/kvm`: {kvm}")?;
        let devices = match interpreter_only {
            true => "`/dev/hiboma`",
            false => "`/dev/hiboma` and `/dev/hiboma-svm`",
        };
        writeln!(list, "  - {devices}: {hiboma}")?;
        writeln!(list, "  - {why}")?;
    }
    Ok(list)
}

/// Fails unless a test shows each difference on both devices.
pub fn check_that_tests_ask() -> Result<()> {
    let mut tests = String::new();
    let folder = workspace::root().join("userspace/tests/guest/tests/kvm");
    for file in fs::read_dir(&folder)? {
        tests += &fs::read_to_string(file?.path())?;
    }
    for Difference { name, .. } in all()? {
        let asked = tests.contains(&format!("differs(\"{name}\")"));
        ensure!(asked, "no test asks for the difference \"{name}\"");
    }
    Ok(())
}
