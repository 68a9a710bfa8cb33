// SPDX-License-Identifier: MIT OR Apache-2.0

//! The output of `make demo` in the README: recorded, like all output.

use std::path::PathBuf;

use anyhow::{Context, Result};
use console::strip_ansi_codes;

use super::pairs;
use crate::guest::Guest;
use crate::workspace;

/// The width of the output there.
const COLUMNS: u16 = 96;

/// The steps that are shown; with all of them the README would be too long.
const STEPS: [&str; 3] = ["3-descriptor", "8-run-loop", "11-life"];

const BEGIN: &str = "<!-- cargo lab record writes this: -->\n```text\n";
const END: &str = "```\n<!-- to here -->\n";

/// Returns the path of the README.
pub fn path() -> PathBuf {
    workspace::root().join("README.md")
}

/// Returns the present output of the steps that the README shows.
pub fn demo(guest: &mut Guest) -> Result<String> {
    let mut shown = pairs::all()?;
    shown.retain(|pair| STEPS.contains(&pair.step.as_str()));
    let mut text = Vec::new();
    pairs::show(&shown, guest, COLUMNS, &mut text)?;
    // A file has no use for a terminal's colours.
    Ok(strip_ansi_codes(&String::from_utf8(text)?).into_owned())
}

/// Returns the README's text with this output of the demo.
pub fn with_demo(readme: &str, demo: &str) -> Result<String> {
    let parts = readme.split_once(BEGIN).and_then(|(before, rest)| {
        let (_old, after) = rest.split_once(END)?;
        Some(format!("{before}{BEGIN}{}\n{END}{after}", demo.trim_end()))
    });
    parts.context("README.md has no place for the demo's output")
}
