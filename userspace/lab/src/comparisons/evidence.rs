// SPDX-License-Identifier: MIT OR Apache-2.0

//! What `cargo lab compare` makes: tables of what the two devices have in common and what not.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use super::pairs::{self, Pair};
use super::{calls, ioctl_matrix};
use crate::build;
use crate::guest::{Accelerator, Guest, Options, UNATTENDED};
use crate::workspace;

/// One table, and the file that keeps it.
pub struct Evidence {
    /// The file, in `comparisons/`.
    pub file: String,
    make: Make,
}

type Make = Box<dyn Fn(&mut Guest) -> Result<String> + Send>;

/// All tables.
pub fn all() -> Result<Vec<Evidence>> {
    let mut all = Vec::new();
    for pair in pairs::all()? {
        let pair = Arc::new(pair);
        all.push(of_pair(&pair, "calls.md", calls::table));
    }
    all.push(Evidence {
        file: "kvm/ioctls.md".to_owned(),
        make: Box::new(ioctl_matrix::table),
    });
    Ok(all)
}

/// A table that there is of each pair.
fn of_pair(
    pair: &Arc<Pair>,
    name: &str,
    table: fn(&Pair, &mut Guest) -> Result<String>,
) -> Evidence {
    let file = format!("{}/{name}", pair.step);
    let pair = Arc::clone(pair);
    Evidence {
        file,
        make: Box::new(move |guest| table(&pair, guest)),
    }
}

impl Evidence {
    /// Where it is kept.
    pub fn path(&self) -> PathBuf {
        workspace::root().join("comparisons").join(&self.file)
    }

    /// Makes the table, in a guest that was booted with [`options`].
    pub fn take(&self, guest: &mut Guest) -> Result<String> {
        (self.make)(guest)
    }
}

/// The guest in which all of them are made. It is emulated everywhere, so that its processor is the
/// same everywhere.
pub fn options() -> Result<Options> {
    Ok(Options {
        accelerator: Some(Accelerator::Tcg),
        cpus: Some(2),
        timeout: Some(UNATTENDED),
        files: build::evidence()?,
        ..Options::default()
    })
}
