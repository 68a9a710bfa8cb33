// SPDX-License-Identifier: MIT OR Apache-2.0

//! The files with which a guest booted.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::digest;
use crate::image::GuestFile;

/// The digest of each file of the guest, by the file's path in it.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Manifest(BTreeMap<String, String>);

/// One change from one set of files to another.
#[derive(Clone)]
pub enum Change {
    /// Writes a file that is new or has changed.
    Put(GuestFile),
    /// Deletes the file at this path.
    Delete(String),
}

impl Manifest {
    pub fn of(files: &[GuestFile]) -> Result<Self> {
        let digests = files.iter().map(|file| {
            let digest = digest::of_guest_file(file)?;
            Ok((file.path.clone(), digest))
        });
        digests.collect::<Result<_>>().map(Manifest)
    }

    /// Returns one digest of all files.
    pub fn key(&self) -> String {
        crate::cache::key(self.0.iter().flat_map(|(path, digest)| [&**path, digest]))
    }

    /// Returns the changes that turn these files into `wanted`, whose files are `files`.
    pub fn changes(&self, wanted: &Manifest, files: &[GuestFile]) -> Vec<Change> {
        let gone = self.0.keys().filter(|path| !wanted.0.contains_key(*path));
        let differs = |file: &&GuestFile| self.0.get(&file.path) != wanted.0.get(&file.path);
        let put = files.iter().filter(differs).cloned().map(Change::Put);
        // Deletions first: a folder's path may be a file's now.
        gone.cloned().map(Change::Delete).chain(put).collect()
    }
}

impl Change {
    /// Returns the number of bytes to send.
    pub fn bytes(&self) -> u64 {
        match self {
            Change::Put(file) => file.size(),
            Change::Delete(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Manifest};
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
        let [from, to] = [&before, &after].map(|files| Manifest::of(files).unwrap());
        assert_ne!(from.key(), to.key());
        let changes = from.changes(&to, &after);
        let changes: Vec<_> = changes
            .iter()
            .map(|change| match change {
                Change::Put(file) => format!("put {}", file.path),
                Change::Delete(path) => format!("delete {path}"),
            })
            .collect();
        assert_eq!(changes, ["delete /gone", "put /other", "put /new"]);
        assert!(to.changes(&to, &after).is_empty());
    }
}
