// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is traced or debugged in the place of the checkout's own: the live book has readers who have changed it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use lab_protocol::Status;

use crate::guest::HangUp;
use crate::image::GuestFile;

/// Modules and programs, where they come from, and who is told.
#[derive(Clone)]
pub struct Own<'a> {
    /// They take the place of those of the checkout.
    pub files: Vec<GuestFile>,
    /// What was written for an exercise: a program, or a module, which is loaded.
    pub exercise: Option<GuestFile>,
    /// The folder of their sources, which has them by their paths in the checkout.
    pub source: Option<PathBuf>,
    /// How long the command may take.
    pub timeout: Option<Duration>,
    /// Is told of the guest, so that it can end it.
    pub started: &'a dyn Fn(HangUp),
    /// Runs gdb, where that is not to be trusted with them.
    pub gdb: Option<&'a RunGdb<'a>>,
}

/// Runs gdb until it ends, and passes on each line that it prints.
pub type RunGdb<'a> = dyn Fn(Gdb, &mut dyn FnMut(&str) -> Result<()>) -> Result<Status> + 'a;

/// A gdb that reads its commands from files.
pub struct Gdb {
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What is there for it alone: the commands that it begins with, its connection, which it writes to.
    pub folder: PathBuf,
    /// All that it reads besides.
    pub reads: Vec<PathBuf>,
}

impl Own<'_> {
    /// Everything is the checkout's.
    pub fn none() -> Self {
        Own {
            files: Vec::new(),
            exercise: None,
            source: None,
            timeout: None,
            started: &|_| {},
            gdb: None,
        }
    }
}
