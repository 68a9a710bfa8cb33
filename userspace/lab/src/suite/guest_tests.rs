// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs the crate `guest-tests`, each test in a process of its own in
//! the guest: its test targets, each on all modules that must pass it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use lab_protocol::Command;
use libtest_mimic::{Failed, Trial};

use super::failed;
use super::guests::Guests;
use crate::build;
use crate::image::{Content, GuestFile, Image};

/// A test target of the crate, and a module that must pass it.
struct Program {
    /// The prefix of its trials' names.
    prefix: &'static str,
    target: &'static str,
    /// The prefixes of the tests for this module.
    tests: &'static [&'static str],
    module: &'static str,
}

impl Program {
    /// Names the trials after the module.
    const fn on(module: &'static str, target: &'static str) -> Program {
        Program {
            prefix: module,
            target,
            tests: &[""],
            module,
        }
    }

    /// Selects the tests in which each allocation fails once.
    const fn fault_injection(module: &'static str, tests: &'static [&'static str]) -> Program {
        Program {
            tests,
            ..Program::on(module, FAULT_INJECTION)
        }
    }
}

/// The programs for every kernel.
const PROGRAMS: [Program; 6] = [
    Program::on("hiboma_tiny.ko", "hiboma"),
    Program::on("hiboma_c.ko", "hiboma"),
    Program::on("hiboma.ko", "hiboma"),
    Program::on("anon_inode_sample.ko", "anon_inode"),
    Program::on("anon_inode_sample_c.ko", "anon_inode"),
    Program {
        prefix: "kvm",
        target: "kvm",
        tests: &[""],
        module: "hiboma.ko",
    },
];

/// The programs for the debug kernel, which can make an allocation fail.
const FAULT_INJECTIONS: [Program; 6] = [
    Program::fault_injection("hiboma_tiny.ko", &["hiboma::", "load::"]),
    Program::fault_injection("hiboma_c.ko", &["hiboma::", "load::"]),
    Program::fault_injection("hiboma.ko", &["hiboma::"]),
    Program::fault_injection("anon_inode_sample.ko", &["sample::"]),
    Program::fault_injection("anon_inode_sample_c.ko", &["sample::"]),
    Program {
        prefix: "kvm",
        ..Program::fault_injection("hiboma.ko", &["kvm::"])
    },
];

/// The target in which each request to the kernel fails once.
const FAULT_INJECTION: &str = "fault_injection";

/// The target that runs after each program on the debug kernel, and checks the kernel's reports.
const REPORTS: &str = "reports";

/// Returns the trials, named `PREFIX::FILE::TEST`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let binaries = build::guest_tests()?;
    let mut trials = Vec::new();
    for program in &PROGRAMS {
        let targets = [program.target];
        trials.extend(trials_of(program, &targets, &binaries, image)?);
    }
    Ok(trials)
}

/// Returns the trials for the debug kernel.
pub fn trials_on_debug_kernel(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let binaries = build::guest_tests()?;
    let mut trials = Vec::new();
    for program in PROGRAMS.iter().chain(&FAULT_INJECTIONS) {
        let targets = [program.target, REPORTS];
        trials.extend(trials_of(program, &targets, &binaries, image)?);
    }
    Ok(trials)
}

/// Returns the tests of some targets, in this order.
fn trials_of(
    program: &Program,
    targets: &[&'static str],
    binaries: &[PathBuf],
    image: &Arc<Image>,
) -> Result<Vec<Trial>> {
    let mut files = Vec::new();
    for target in targets {
        files.push(GuestFile {
            path: path_of(target),
            content: Content::HostFile(binary_of(binaries, target)?.clone()),
        });
    }
    let module = format!("/lib/modules/{}", program.module);
    let guests = Arc::new(Guests::new(image, files, &module).reused());
    let mut trials = Vec::new();
    for &target in targets {
        let tests = build::tests_of(binary_of(binaries, target)?)?;
        let is_for_module = |test: &String| {
            target == REPORTS || program.tests.iter().any(|start| test.starts_with(start))
        };
        for test in tests.into_iter().filter(is_for_module) {
            let (guests, module) = (Arc::clone(&guests), module.clone());
            let mut name = format!("{}::{test}", program.prefix);
            if target == REPORTS {
                name = format!("{}::{REPORTS}::{test}", program.prefix);
            }
            if program.target == FAULT_INJECTION {
                name = format!("{FAULT_INJECTION}::{name}");
            }
            trials.push(Trial::test(name, move || {
                run(&guests, target, &module, &test)
            }));
        }
    }
    Ok(trials)
}

/// Returns the names of a target's tests.
pub fn tests_of(target: &str) -> Result<Vec<String>> {
    build::tests_of(binary_of(&build::guest_tests()?, target)?)
}

fn binary_of<'a>(binaries: &'a [PathBuf], target: &str) -> Result<&'a PathBuf> {
    let is_of = |binary: &&PathBuf| {
        let name = binary.file_name().unwrap_or_default().to_string_lossy();
        // Cargo appends a hash to the name.
        name.rsplit_once('-')
            .is_some_and(|(name, _)| name == target)
    };
    binaries
        .iter()
        .find(is_of)
        .with_context(|| format!("guest-tests has no test target `{target}`"))
}

/// Returns the path of a binary in the guest.
fn path_of(target: &str) -> String {
    format!("/tests/{target}")
}

fn run(guests: &Guests, target: &str, module: &str, test: &str) -> Result<(), Failed> {
    let command = Command {
        argv: [&path_of(target), "--exact", test, "--quiet"]
            .map(str::to_owned)
            .into(),
        env: vec![("MODULE_UNDER_TEST".to_owned(), module.to_owned())],
        terminal: None,
    };
    let output = guests
        .with(|guest| guest.output_of(command))
        .map_err(failed)?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // If there were no test of this name, nothing would fail.
    if output.status.success() && text.contains("1 passed") {
        return Ok(());
    }
    Err(text.into())
}
