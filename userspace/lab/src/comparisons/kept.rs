// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generated files that are kept: writes them again, or compares them with the present state.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use similar::TextDiff;

use super::recordings::normalise;

/// Writes `new` and prints the file's name, unless it differs only in what varies from run to run.
pub fn keep(path: &Path, new: &str) -> Result<()> {
    let old = fs::read_to_string(path).unwrap_or_default();
    if normalise(&old) != normalise(new) {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, new)?;
        println!("{}", path.display());
    }
    Ok(())
}

/// Fails unless the file matches `now`, except for what varies from run to run.
pub fn check(path: &Path, now: &str) -> Result<()> {
    let kept = fs::read_to_string(path)
        .with_context(|| format!("{} is not there: `make record` makes it", path.display()))?;
    if let Some(difference) = difference(&kept, now) {
        bail!(
            "{} is not true any more; see what has changed, then `make record`\n{difference}",
            path.display()
        );
    }
    Ok(())
}

/// Returns the difference between the kept text and `now` as a patch, except for what varies.
pub fn difference(kept: &str, now: &str) -> Option<String> {
    let (kept, now) = (normalise(kept), normalise(now));
    (kept != now).then(|| {
        let diff = TextDiff::from_lines(&kept, &now);
        diff.unified_diff().header("kept", "now").to_string()
    })
}
