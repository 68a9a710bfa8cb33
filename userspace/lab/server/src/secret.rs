// SPDX-License-Identifier: MIT OR Apache-2.0

//! Secrets in links and cookies.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use lab::disk;
use serde::{Deserialize, Serialize};

/// The minimum length of a chosen secret.
const SHORTEST: usize = 16;

/// 128 random bits in hex digits, or a secret that somebody has chosen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Generates a new secret.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
        Ok(Secret(
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }

    /// Reads the secret from a file, or creates both.
    pub fn kept(path: &Path) -> Result<Self> {
        if let Ok(kept) = fs::read_to_string(path) {
            return Ok(Secret(kept));
        }
        let new = Secret::new()?;
        disk::write(path, new.tell())?;
        Ok(new)
    }

    /// Returns a secret that somebody has chosen for a link.
    pub fn given(text: &str) -> Result<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        ensure!(
            is_plain && text.len() >= SHORTEST,
            "a code has {SHORTEST} letters and digits or more, so that nobody guesses it"
        );
        Ok(Secret(text.to_owned()))
    }

    /// Returns whether `told` is this secret, in constant time.
    pub fn is(&self, told: &str) -> bool {
        constant_time_eq::constant_time_eq(self.0.as_bytes(), told.as_bytes())
    }

    /// Returns its text, for its owner only.
    pub fn tell(&self) -> &str {
        &self.0
    }
}
