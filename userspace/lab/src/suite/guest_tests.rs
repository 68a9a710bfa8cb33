// SPDX-License-Identifier: MIT OR Apache-2.0

//! The crate `guest-tests`, each test a process of its own in the guest, on hiboma.ko and on its
//! C twin alike.

use std::sync::Arc;

use anyhow::{Result, ensure};
use duct::cmd;
use lab_protocol::Command;
use libtest_mimic::{Failed, Trial};

use super::failed;
use super::shared_guest::SharedGuest;
use crate::build;
use crate::image::{Content, GuestFile, Image};

/// The modules that must pass the very same tests.
const MODULES: [&str; 2] = ["hiboma.ko", "hiboma_c.ko"];

/// The test binary, in the guest.
const BINARY: &str = "/tests/guest";

/// The trials, named `MODULE::FILE::TEST`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let binary = build::guest_tests()?;
    // It is static, so that the host can ask it what tests it has.
    let list = cmd!(&binary, "--list", "--format=terse").read()?;
    let tests: Vec<_> = list
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .collect();
    ensure!(!tests.is_empty(), "guest-tests has no tests");
    let files = [GuestFile {
        path: BINARY.to_owned(),
        content: Content::HostFile(binary),
    }];
    let mut trials = Vec::new();
    for module in MODULES {
        let path = format!("/lib/modules/{module}");
        let guest = SharedGuest::new(image, &files, &path);
        for test in &tests {
            let (guest, path, test) = (Arc::clone(&guest), path.clone(), test.to_string());
            let name = format!("{module}::{test}");
            trials.push(Trial::test(name, move || run(&guest, &path, &test)));
        }
    }
    Ok(trials)
}

fn run(guest: &SharedGuest, module: &str, test: &str) -> Result<(), Failed> {
    let command = Command {
        argv: [BINARY, "--exact", test, "--quiet"]
            .map(str::to_owned)
            .into(),
        env: vec![("HIBOMA_MODULE".to_owned(), module.to_owned())],
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
