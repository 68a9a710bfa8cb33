// SPDX-License-Identifier: MIT OR Apache-2.0

//! The files that a guest booted with.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::digest;
use crate::image::GuestFile;

/// The digest of each file of the guest's, by its path there.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Contents(BTreeMap<String, String>);

/// A step from one set of files to another.
#[derive(Clone)]
pub enum Change {
    /// A file that is new, or not what it was.
    Put(GuestFile),
    /// The path of a file that is gone.
    Delete(String),
}

impl Contents {
    pub fn of(files: &[GuestFile]) -> Result<Self> {
        let digests = files.iter().map(|file| {
            let digest = digest::of_guest_file(file)?;
            Ok((file.path.clone(), digest))
        });
        digests.collect::<Result<_>>().map(Contents)
    }

    /// One digest of all of them.
    pub fn key(&self) -> String {
        crate::cache::key(self.0.iter().flat_map(|(path, digest)| [&**path, digest]))
    }

    /// What makes `wanted`, whose files are `files`, of these.
    pub fn changes(&self, wanted: &Contents, files: &[GuestFile]) -> Vec<Change> {
        let differs = |file: &&GuestFile| self.0.get(&file.path) != wanted.0.get(&file.path);
        let put = files.iter().filter(differs).cloned().map(Change::Put);
        let gone = self.0.keys().filter(|path| !wanted.0.contains_key(*path));
        put.chain(gone.cloned().map(Change::Delete)).collect()
    }
}

impl Change {
    /// How much there is to send.
    pub fn bytes(&self) -> u64 {
        match self {
            Change::Put(file) => file.size(),
            Change::Delete(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Contents};
    use crate::image::{Content, GuestFile};

    fn link(path: &str, target: &str) -> GuestFile {
        GuestFile {
            path: path.into(),
            content: Content::Symlink(target.into()),
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let before = [link("/same", "a"), link("/other", "a"), link("/gone", "a")];
        let after = [link("/same", "a"), link("/other", "b"), link("/new", "a")];
        let [from, to] = [&before, &after].map(|files| Contents::of(files).unwrap());
        assert_ne!(from.key(), to.key());
        let changes = from.changes(&to, &after);
        let changes: Vec<_> = changes
            .iter()
            .map(|change| match change {
                Change::Put(file) => format!("put {}", file.path),
                Change::Delete(path) => format!("delete {path}"),
            })
            .collect();
        assert_eq!(changes, ["put /other", "put /new", "delete /gone"]);
        assert!(to.changes(&to, &after).is_empty());
    }
}
