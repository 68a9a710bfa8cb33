// SPDX-License-Identifier: MIT OR Apache-2.0

//! The tables of `cargo lab compare`: what the two devices have in common, and what not.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use super::lists::folder;
use super::{c_and_rust, descriptors, ioctl_matrix, pairs, system_calls};
use crate::build;
use crate::guest::{Accelerator, Guest, Options, UNATTENDED};

/// A table, and the file that keeps it.
pub struct Evidence {
    /// The file, in `comparisons/`.
    pub file: String,
    /// Returns a line that the kept file must contain; otherwise the two cannot be compared.
    made_with: Option<fn() -> Result<String>>,
    make: Make,
}

type Make = Box<dyn Fn(&mut Guest) -> Result<String> + Send>;

/// Returns all tables.
pub fn all() -> Result<Vec<Evidence>> {
    let mut all = Vec::new();
    for pair in pairs::all()? {
        let of = |name| format!("{}/{name}", pair.step);
        let (calls, descriptors) = (of("calls.md"), of("descriptors.md"));
        let pair = Arc::new(pair);
        let same = Arc::clone(&pair);
        all.push(Evidence::new(&calls, move |guest| {
            system_calls::table(&pair, guest)
        }));
        all.push(Evidence::new(&descriptors, move |guest| {
            descriptors::table(&same, guest)
        }));
    }
    all.push(Evidence::new("kvm/ioctls.md", ioctl_matrix::table));
    all.push(Evidence::new("c/twin.md", |_| c_and_rust::sources()));
    all.push(Evidence::new("c/failures.md", |_| c_and_rust::failures()));
    all.push(Evidence {
        made_with: Some(c_and_rust::compilers),
        ..Evidence::new(OBJECTS, |_| c_and_rust::objects())
    });
    Ok(all)
}

/// The table that names the compilers with which everything here was built.
const OBJECTS: &str = "c/objects.md";

/// Returns whether these compilers are the same: others may inline other functions.
pub fn compilers_are_the_same() -> Result<bool> {
    let objects = all()?.into_iter().find(|it| it.file == OBJECTS);
    objects.map_or(Ok(true), |it| it.is_comparable())
}

impl Evidence {
    fn new(file: &str, make: impl Fn(&mut Guest) -> Result<String> + Send + 'static) -> Evidence {
        Evidence {
            file: file.to_owned(),
            made_with: None,
            make: Box::new(make),
        }
    }

    /// Returns the path of the kept table.
    pub fn path(&self) -> PathBuf {
        folder().join(&self.file)
    }

    /// Returns whether the kept table can be compared with a new one: not if it depends on the
    /// compilers, and they have changed.
    pub fn is_comparable(&self) -> Result<bool> {
        let Some(made_with) = self.made_with else {
            return Ok(true);
        };
        let kept = fs::read_to_string(self.path()).unwrap_or_default();
        let made_with = made_with()?;
        Ok(kept.is_empty() || kept.lines().any(|line| line == made_with))
    }

    /// Makes the table, in a guest that was booted with [`options`].
    pub fn take(&self, guest: &mut Guest) -> Result<String> {
        (self.make)(guest)
    }
}

/// Returns the options of the guest in which all tables are made. It
/// is always emulated, so that its CPU is the same on all machines.
pub fn options() -> Result<Options> {
    Ok(Options {
        accelerator: Some(Accelerator::Tcg),
        cpus: Some(2),
        timeout: Some(UNATTENDED),
        files: build::evidence()?,
        ..Options::default()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::all;

    #[test]
    fn no_table_is_left_over() {
        let mut kept = BTreeSet::new();
        let comparisons = crate::comparisons::lists::folder();
        for folder in fs::read_dir(&comparisons).unwrap() {
            let folder = folder.unwrap().path();
            for file in fs::read_dir(&folder).into_iter().flatten() {
                let path = file.unwrap().path();
                let text = fs::read_to_string(&path).unwrap_or_default();
                if text.lines().nth(1) == Some("<!-- cargo lab compare makes this -->") {
                    kept.insert(path);
                }
            }
        }
        let made: BTreeSet<_> = all().unwrap().iter().map(|it| it.path()).collect();
        assert_eq!(kept, made);
    }
}
