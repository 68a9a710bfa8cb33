// SPDX-License-Identifier: MIT OR Apache-2.0

//! A fixed set of guest programs that must run the same on both devices and on the interpreter: those
//! that were written by hand, and those of some seeds.

use std::sync::Arc;

use anyhow::Result;
use duct::cmd;
use lazy_regex::regex_captures;
use libtest_mimic::Trial;

use super::failed;
use super::shared_guest::SharedGuest;
use crate::commands::differential;
use crate::guest::{Accelerator, HIBOMA};
use crate::image::Image;

/// As many as take a few seconds.
const SEEDS: &str = "0..2000";

/// From this version on, QEMU's emulated processor decodes some prefixes and rotations otherwise than
/// a real one, so `/dev/kvm` is no oracle for them: seen with 10.0.2, not with 7.2.
const QEMU_DIFFERS: u32 = 8;

/// The trials, named `differential::WHAT`.
pub fn trials(image: &Arc<Image>) -> Result<Vec<Trial>> {
    let guest = SharedGuest::new(image, &[differential::program()?], HIBOMA);
    let trial = Trial::test(format!("differential::seeds_{SEEDS}"), move || {
        let argv = [differential::BINARY, "--seeds", SEEDS];
        let output = guest.with(|guest| guest.output(&argv)).map_err(failed)?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        match output.status.success() {
            true => Ok(()),
            false => Err(text.into()),
        }
    });
    Ok(vec![match processor_is_emulated_otherwise()? {
        false => trial,
        true => trial
            .with_kind("this QEMU emulates another processor")
            .with_ignored_flag(true),
    }])
}

/// Whether the guest's processor is that of an emulator which differs from a real one.
fn processor_is_emulated_otherwise() -> Result<bool> {
    let version = cmd!("qemu-system-x86_64", "--version").read()?;
    let major = regex_captures!(r"version (\d+)\.", &version).map(|(_, major)| major.parse());
    let differs = matches!(major, Some(Ok(QEMU_DIFFERS..)));
    Ok(differs && Accelerator::best() == Accelerator::Tcg)
}
