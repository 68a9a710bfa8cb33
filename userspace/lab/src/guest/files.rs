// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sends files to a guest that has booted already.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use lab_protocol::{FileKind, ToGuest};

use super::connection::PIECE;
use super::session::Guest;
use super::snapshot::Change;
use crate::image::{Content, GuestFile};

impl Guest {
    /// Makes one change to the guest's files.
    pub(super) fn change(&mut self, change: &Change) -> Result<()> {
        match change {
            Change::Put(file) => self.put(file),
            Change::Delete(path) => self.ask(&ToGuest::Delete(path.clone())),
        }
    }

    /// Puts a file into the guest, or replaces it.
    pub(super) fn put(&mut self, file: &GuestFile) -> Result<()> {
        match &file.content {
            Content::Symlink(target) => {
                self.put_piece(&file.path, FileKind::Symlink(target.clone()))
            }
            Content::HostFile(source) => self
                .put_copy(&file.path, source)
                .with_context(|| format!("cannot put {} into the guest", source.display())),
        }
    }

    fn put_copy(&mut self, path: &str, source: &Path) -> Result<()> {
        let file = File::open(source)?;
        let mode = file.metadata()?.permissions().mode() & 0o7777;
        let mut offset = 0;
        loop {
            let mut bytes = Vec::new();
            let length = (&file).take(PIECE as u64).read_to_end(&mut bytes)? as u64;
            if length == 0 && offset > 0 {
                return Ok(());
            }
            let kind = FileKind::Regular {
                mode,
                offset,
                bytes,
            };
            self.put_piece(path, kind)?;
            if length < PIECE as u64 {
                return Ok(());
            }
            offset += length;
        }
    }

    fn put_piece(&mut self, path: &str, kind: FileKind) -> Result<()> {
        let path = path.to_owned();
        self.ask(&ToGuest::Put(lab_protocol::File { path, kind }))
    }
}
