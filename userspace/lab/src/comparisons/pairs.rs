// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pairs: the folders of `userspace/pairs`, in their order.

use std::fs;
use std::io::Write;

use anyhow::Result;

use super::readme;
use super::side_by_side::side_by_side;
use crate::guest::{Guest, Output, Undelivered};
use crate::workspace;

/// What stands where hiboma does not have a layer yet.
const NOT_YET: &str = "(this layer is still to come)";

/// One step, taken on up to two devices.
pub struct Pair {
    /// Its folder's name, e.g. `3-descriptor`.
    pub step: String,
    /// The program for /dev/hiboma; `None` where hiboma does not have that layer yet.
    pub hiboma: Option<String>,
    /// The program for /dev/kvm.
    pub kvm: Option<String>,
}

/// All pairs of the checkout.
pub fn all() -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for entry in fs::read_dir(workspace::root().join("userspace/pairs"))? {
        let folder = entry?.path();
        let step = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let side = |name: &str| {
            folder
                .join(name)
                .with_extension("rs")
                .exists()
                .then(|| format!("{step}-{name}"))
        };
        if step.starts_with(|c: char| c.is_ascii_digit()) {
            pairs.push(Pair {
                hiboma: side("hiboma"),
                kvm: side("kvm"),
                step,
            });
        }
    }
    pairs.sort_by(|a, b| a.step.cmp(&b.step));
    Ok(pairs)
}

/// Runs every pair and lays its two sides out for a terminal of this many columns. Whether all
/// programs ended well.
pub fn show(guest: &mut Guest, columns: u16, to: &mut dyn Write) -> Result<bool> {
    let mut all_well = true;
    for pair in all()? {
        let mut run = |program: Option<String>| -> Result<String> {
            let Some(program) = program else {
                return Ok(NOT_YET.to_owned());
            };
            let output = guest.output(&[&program])?;
            all_well &= output.status.success();
            Ok(text(&output))
        };
        let (hiboma, kvm) = (run(pair.hiboma)?, run(pair.kvm)?);
        let sides = side_by_side(("/dev/hiboma", &hiboma), ("/dev/kvm", &kvm), columns);
        writeln!(to, "{}\n{sides}", pair.step).map_err(Undelivered)?;
    }
    Ok(all_well)
}

/// The same as a text, as wide as the README shows it.
pub fn demo(guest: &mut Guest) -> Result<String> {
    let mut text = Vec::new();
    show(guest, readme::COLUMNS, &mut text)?;
    Ok(String::from_utf8(text)?)
}

/// All that a program printed, and its status if not 0.
fn text(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text += &String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        text += &format!("[exit status {}]\n", output.status.code());
    }
    text
}
