// SPDX-License-Identifier: MIT OR Apache-2.0

//! Secrets that a link or a cookie carries.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use lab::disk;
use serde::{Deserialize, Serialize};

/// How long one is at least that somebody has chosen.
const SHORTEST: usize = 16;

/// 128 random bits in hex digits, or what somebody has chosen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// One that nobody knows yet.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
        Ok(Secret(
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }

    /// The one that a file keeps, or a new one.
    pub fn kept(path: &Path) -> Result<Self> {
        if let Ok(kept) = fs::read_to_string(path) {
            return Ok(Secret(kept));
        }
        let new = Secret::new()?;
        disk::write(path, new.tell())?;
        Ok(new)
    }

    /// One that somebody has chosen, and put into a link.
    pub fn given(text: &str) -> Result<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        ensure!(
            is_plain && text.len() >= SHORTEST,
            "a code has {SHORTEST} letters and digits or more, so that nobody guesses it"
        );
        Ok(Secret(text.to_owned()))
    }

    /// Whether it is this one. How long that takes says nothing about where the two differ.
    pub fn is(&self, told: &str) -> bool {
        constant_time_eq::constant_time_eq(self.0.as_bytes(), told.as_bytes())
    }

    /// To be told to whom it belongs.
    pub fn tell(&self) -> &str {
        &self.0
    }
}
