// SPDX-License-Identifier: MIT OR Apache-2.0

//! A range of seeds on a command line.

use std::ops::Range;

use anyhow::{Context, Result};

/// Parses `N` or `M..N`.
pub fn seeds(text: &str) -> Result<Range<u64>> {
    let (start, end) = text.split_once("..").unwrap_or(("0", text));
    let number = |digits: &str| {
        digits
            .replace('_', "")
            .parse()
            .with_context(|| format!("'{digits}' is no number: --seeds takes such as 0..10000"))
    };
    Ok(number(start)?..number(end)?)
}
