// SPDX-License-Identifier: MIT OR Apache-2.0

//! The crate `guest-tests`, each test a process of its own in the guest: its programs, each on all
//! modules that must pass it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use lab_protocol::Command;
use libtest_mimic::{Failed, Trial};

use super::failed;
use super::shared_guest::SharedGuest;
use crate::build;
use crate::image::{Content, GuestFile, Image};

/// A test target of the crate, and a module that must pass it.
struct Program {
    /// What the names of its trials begin with.
    prefix: &'static str,
    target: &'static str,
    module: &'static str,
}

impl Program {
    /// Trials that are named after the module.
    const fn on(module: &'static str, target: &'static str) -> Program {
        Program {
            prefix: module,
            target,
            module,
        }
    }
}

const PROGRAMS: [Program; 6] = [
    Program::on("hiboma_tiny.ko", "hiboma"),
    Program::on("hiboma_c.ko", "hiboma"),
    Program::on("hiboma.ko", "hiboma"),
    Program::on("anon_inode_sample.ko", "anon_inode"),
    Program::on("anon_inode_sample_c.ko", "anon_inode"),
    Program {
        prefix: "kvm",
        target: "kvm",
        module: "hiboma.ko",
    },
];

/// The trials, named `PREFIX::FILE::TEST`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let binaries = build::guest_tests()?;
    let mut trials = Vec::new();
    for program in PROGRAMS {
        let binary = binary_of(&binaries, program.target)?;
        let files = [GuestFile {
            path: path_of(program.target),
            content: Content::HostFile(binary.clone()),
        }];
        let module = format!("/lib/modules/{}", program.module);
        let guest = SharedGuest::new(image, &files, &module);
        for test in build::tests_of(binary)? {
            let (guest, module) = (Arc::clone(&guest), module.clone());
            let name = format!("{}::{test}", program.prefix);
            trials.push(Trial::test(name, move || {
                run(&guest, program.target, &module, &test)
            }));
        }
    }
    Ok(trials)
}

/// The names of a target's tests.
pub fn tests_of(target: &str) -> Result<Vec<String>> {
    build::tests_of(binary_of(&build::guest_tests()?, target)?)
}

fn binary_of<'a>(binaries: &'a [PathBuf], target: &str) -> Result<&'a PathBuf> {
    let is_of = |binary: &&PathBuf| {
        let name = binary.file_name().unwrap_or_default().to_string_lossy();
        // Cargo puts a hash behind the name.
        name.rsplit_once('-')
            .is_some_and(|(name, _)| name == target)
    };
    binaries
        .iter()
        .find(is_of)
        .with_context(|| format!("guest-tests has no test target `{target}`"))
}

/// Where a binary is in the guest.
fn path_of(target: &str) -> String {
    format!("/tests/{target}")
}

fn run(guest: &SharedGuest, target: &str, module: &str, test: &str) -> Result<(), Failed> {
    let command = Command {
        argv: [&path_of(target), "--exact", test, "--quiet"]
            .map(str::to_owned)
            .into(),
        env: vec![("MODULE_UNDER_TEST".to_owned(), module.to_owned())],
        terminal: None,
    };
    let output = guest
        .with(|guest| guest.output_of(command))
        .map_err(failed)?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // Without a test of this name, there would be nothing to fail.
    if output.status.success() && text.contains("1 passed") {
        return Ok(());
    }
    Err(text.into())
}
