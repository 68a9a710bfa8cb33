// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs another project's programs for KVM: the unit tests of the crate kvm-ioctls, unchanged, on
//! `/dev/kvm` and on both of hiboma's devices in its place.
//!
//! `comparisons/kvm/public.toml` lists the tests that do not pass, with reasons. If a listed test
//! passes, its trial fails, so the list stays true.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use lab_protocol::Command;
use libtest_mimic::Trial;
use serde::Deserialize;

use super::failed;
use super::guests::Guests;
use crate::build;
use crate::comparisons::lists;
use crate::guest::{HIBOMA, Options, UNATTENDED};
use crate::image::{Content, GuestFile, Image};

/// The crate, and the path of its tests in the guest.
const CRATE: &str = "kvm-ioctls";
const PROGRAM: &str = "/tests/kvm-ioctls";

/// The device whose guests run on hardware virtualization. It does not exist if the CPU has none.
const SVM: &str = "/dev/hiboma-svm";

const DEVICES: [&str; 3] = ["/dev/kvm", "/dev/hiboma", SVM];

/// One of the tests needs this many CPUs.
const CPUS: u8 = 4;

/// Tests that do not pass.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// Their names, without those of their modules.
    tests: Vec<String>,
    /// The devices on which they do not pass.
    devices: Vec<String>,
    /// The reason.
    why: String,
}

/// Returns the trials, named `public::CRATE::TEST on DEVICE`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let binary = build::public_tests(CRATE)?;
    let tests = build::tests_of(&binary)?;
    let exceptions = exceptions(&tests)?;
    let mut trials = Vec::new();
    for device in DEVICES {
        let program = GuestFile {
            path: PROGRAM.to_owned(),
            content: Content::HostFile(binary.clone()),
        };
        let options = Options {
            files: vec![program],
            cpus: Some(CPUS),
            timeout: Some(UNATTENDED * image.slowness),
            ..Options::default()
        };
        let guests = Guests::with_options(image, options, HIBOMA).reused();
        let guests = Arc::new(guests);
        for test in &tests {
            let (guests, test) = (Arc::clone(&guests), test.clone());
            let exception = exceptions.iter().find(|it| it.is(&test, device)).cloned();
            let name = format!("public::{CRATE}::{} on {device}", short(&test));
            let kind = match &exception {
                Some(exception) => exception.why.clone(),
                None => String::new(),
            };
            let trial = Trial::test(name, move || {
                run(&guests, device, &test, exception.is_some()).map_err(failed)
            });
            trials.push(trial.with_kind(kind));
        }
    }
    Ok(trials)
}

impl Exception {
    fn is(&self, test: &str, device: &str) -> bool {
        let has = |list: &[String], name| list.iter().any(|it| it == name);
        has(&self.tests, short(test)) && has(&self.devices, device)
    }
}

/// Returns the list. The tests that it names must exist.
fn exceptions(tests: &[String]) -> Result<Vec<Exception>> {
    #[derive(Deserialize)]
    struct File {
        exception: Vec<Exception>,
    }
    let file: File = lists::read("kvm/public.toml")?;
    for test in file.exception.iter().flat_map(|it| &it.tests) {
        let is_there = tests.iter().any(|it| short(it) == test);
        ensure!(is_there, "{CRATE} has no test {test}");
    }
    Ok(file.exception)
}

/// Returns the name of a test's function.
fn short(test: &str) -> &str {
    test.rsplit("::").next().unwrap_or(test)
}

/// Puts the device in the place of `/dev/kvm`, and runs a test.
fn run(guests: &Guests, device: &str, test: &str, listed: bool) -> Result<()> {
    let replace = "[ -e $0 ] || exec echo no $0; \
                   [ $0 = /dev/kvm ] || ln -sf $0 /dev/kvm; exec \"$@\"";
    let argv = [
        "sh",
        "-c",
        replace,
        device,
        PROGRAM,
        "--exact",
        test,
        "--quiet",
        "--include-ignored",
    ];
    let command = Command {
        argv: argv.map(str::to_owned).into(),
        env: vec![("RUST_TEST_THREADS".to_owned(), "1".to_owned())],
        terminal: None,
    };
    let output = guests.with(|guest| guest.output_of(command))?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if device == SVM && text == format!("no {SVM}\n") {
        return Ok(());
    }
    // If there were no test of this name, nothing would fail.
    match (output.status.success(), listed) {
        (true, false) => ensure!(text.contains("1 passed"), "{text}"),
        (false, false) => bail!("{text}"),
        (true, true) => bail!("it passes: remove it from comparisons/kvm/public.toml"),
        (false, true) => (),
    }
    Ok(())
}
