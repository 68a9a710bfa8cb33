// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pairs: the folders of `userspace/pairs`, in their order.

use std::fs;

use anyhow::Result;

use crate::workspace;

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
