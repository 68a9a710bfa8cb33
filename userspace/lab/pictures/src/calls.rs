// SPDX-License-Identifier: MIT OR Apache-2.0

//! Call graphs: what the kernel did on two devices, as nested boxes, side by side. The calls are read from the
//! recordings in `comparisons/graphs/`; a text in `book/pictures/calls/` names them and what to show of them.
//!
//! - `recording.rs`: the lines of a recording;
//! - `rows.rs`: pairs the lines of both sides;
//! - `names.rs`: the text of a box; `placing.rs`: its place;
//! - `nested.rs`: the SVG.

mod names;
mod nested;
mod placing;
mod recording;
mod rows;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use recording::{Line, lines};
use rows::rows;

/// Two call graphs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// The title of the picture.
    pub title: String,
    /// The description for those who do not see the picture.
    pub alt: String,
    /// The left side and the right side.
    pub sides: [Side; 2],
    /// Functions whose callees are not shown.
    #[serde(default)]
    pub closed: Vec<String>,
    /// Functions that do the same under different names, left and right.
    #[serde(default)]
    pub counterparts: Vec<[String; 2]>,
}

/// What the kernel did on one device.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The text above it.
    pub name: String,
    /// The recording, in `comparisons/`.
    pub file: String,
}

impl Calls {
    /// Reads a text.
    pub fn read(text: &str) -> Result<Self> {
        toml::from_str(text)
            .context("two graphs are described as in book/pictures/calls/getfd.toml")
    }

    /// Returns the SVG, from the text of each recording. Fails if a function that is named is missing.
    pub fn draw(&self, recordings: [&str; 2]) -> Result<String> {
        let [left, right] = recordings.map(|it| lines(it, &self.closed));
        let has = |lines: &[Line], name: &str| lines.iter().any(|it| it.function == name);
        for name in &self.closed {
            ensure!(has(&left, name) || has(&right, name), "no call of {name}");
        }
        for [one, other] in &self.counterparts {
            ensure!(has(&left, one), "no call of {one} on the left");
            ensure!(has(&right, other), "no call of {other} on the right");
        }
        nested::draw(self, &rows(&left, &right, &self.counterparts))
    }
}
