// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks the book's table of hiboma's files and their counterparts in KVM, on both sides.
//!
//! ```text
//! | `module/vm/create_vcpu.rs` | `kvm_vm_ioctl_create_vcpu`, virt/kvm/kvm_main.c |
//! ```

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::definition::definition;
use crate::build::Kernel;
use crate::workspace;

/// The chapter with the table.
const CHAPTER: &str = "book/src/into-kvm.md";

/// The folders whose files each implement an ioctl, or support ioctls.
const FOLDERS: [&str; 3] = ["module/device", "module/vm", "module/vcpu"];

/// A file without a counterpart in KVM.
const ALONE: &str = "module/vm/anon_count.rs";

/// Looks up the names in each row, and checks that each file has a row.
pub fn check(kernel: &Kernel) -> Result<()> {
    let root = workspace::root();
    let chapter = fs::read_to_string(root.join(CHAPTER))?;
    let mut named = BTreeSet::from([ALONE.to_owned()]);
    for [ours, name, file] in rows(&chapter) {
        ensure!(root.join(&ours).exists(), "{CHAPTER}: there is no {ours}");
        let source = fs::read_to_string(kernel.source.join(&file))
            .with_context(|| format!("{CHAPTER}: the kernel has no {file}"))?;
        definition(&source, &name)
            .with_context(|| format!("{CHAPTER}: {file} does not define {name}"))?;
        named.insert(ours);
    }
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let file = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            ensure!(named.contains(&file), "{CHAPTER}: the table has no {file}");
        }
    }
    Ok(())
}

/// Returns the names in all rows that begin with a file of the module.
fn rows(text: &str) -> Vec<[String; 3]> {
    let rows = text.lines().filter(|line| line.starts_with("| `module/"));
    rows.map(row).collect()
}

/// Splits a row. Parts that it lacks are empty, and will not be found.
fn row(row: &str) -> [String; 3] {
    let row = row.trim_matches(['|', ' ']);
    let (ours, theirs) = row.split_once(" | ").unwrap_or((row, ""));
    let (name, file) = theirs.split_once(", ").unwrap_or((theirs, ""));
    [ours, name, file].map(|it| it.trim_matches('`').to_owned())
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_row_is_a_file_a_name_and_a_file() {
        let text = "| hiboma | KVM |\n| --- | --- |\n| `module/a.rs` | `struct b`, c/d.c |\n";
        assert_eq!(rows(text), [["module/a.rs", "struct b", "c/d.c"]]);
    }
}
