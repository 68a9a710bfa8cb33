// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program that was run on both devices has printed the same, but for the names of things.

use std::fs;

use anyhow::{Context, Result, bail};
use libtest_mimic::Trial;
use similar::TextDiff;

use super::failed;
use crate::comparisons::recordings::{self, OnBoth, Recording};

/// What the kernel calls the same thing on either device: the device, a VM, a vCPU.
const NAMES: [(&str, &str); 3] = [
    ("/dev/hiboma", "/dev/kvm"),
    ("anon_inode:hiboma-anon", "anon_inode:kvm-vm"),
    ("anon_inode:hiboma-vcpu:", "anon_inode:kvm-vcpu:"),
];

/// The trials, named `identical::FILES`. That the files are true is for those in `recorded.rs`.
pub fn trials() -> Result<Vec<Trial>> {
    let trials = recordings::on_both()?.into_iter().map(|recordings| {
        Trial::test(format!("identical::{}", recordings.files), move || {
            compare(&recordings).map_err(failed)
        })
    });
    Ok(trials.collect())
}

fn compare(recordings: &OnBoth) -> Result<()> {
    let hiboma = as_on_kvm(&kept(&recordings.hiboma)?);
    let kvm = kept(&recordings.kvm)?;
    if hiboma != kvm {
        let diff = TextDiff::from_lines(&hiboma, &kvm);
        let diff = diff.unified_diff().header("hiboma", "kvm").to_string();
        bail!("what is the same on KVM is something else on hiboma\n{diff}");
    }
    Ok(())
}

fn kept(recording: &Recording) -> Result<String> {
    let path = recording.path();
    fs::read_to_string(&path)
        .with_context(|| format!("{} is not there: `make record` makes it", path.display()))
}

/// With KVM's names in the place of hiboma's.
fn as_on_kvm(text: &str) -> String {
    NAMES.iter().fold(text.to_owned(), |text, (hiboma, kvm)| {
        text.replace(hiboma, kvm)
    })
}

#[cfg(test)]
mod tests {
    use super::as_on_kvm;

    #[test]
    fn only_names_are_replaced() {
        assert_eq!(as_on_kvm("3 -> /dev/hiboma"), "3 -> /dev/kvm");
        assert_eq!(
            as_on_kvm("5 -> anon_inode:hiboma-vcpu:0"),
            "5 -> anon_inode:kvm-vcpu:0"
        );
        assert_eq!(as_on_kvm("version = 110"), "version = 110");
    }
}
