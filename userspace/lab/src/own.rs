// SPDX-License-Identifier: MIT OR Apache-2.0

//! Files to trace or debug instead of the checkout's: readers of the live book can change them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use lab_protocol::Status;

use crate::guest::HangUp;
use crate::image::GuestFile;

/// Modules and programs, their sources, and callbacks.
#[derive(Clone)]
pub struct Own<'a> {
    /// Files that replace those of the checkout.
    pub files: Vec<GuestFile>,
    /// The binary of an exercise: a program, or a module, which is loaded.
    pub exercise: Option<GuestFile>,
    /// The folder of their sources, with the same paths as in the checkout.
    pub source: Option<PathBuf>,
    /// The time limit of the command.
    pub timeout: Option<Duration>,
    /// Called with a handle to the guest, so that others can end it.
    pub started: &'a dyn Fn(HangUp),
    /// Runs gdb in a sandbox, if the files are not trusted.
    pub gdb: Option<&'a RunGdb<'a>>,
}

/// Runs gdb until it ends, and calls back with each line that it prints.
pub type RunGdb<'a> = dyn Fn(Gdb, &mut dyn FnMut(&str) -> Result<()>) -> Result<Status> + 'a;

/// A gdb that runs scripts.
pub struct Gdb {
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder for this gdb alone: its first script, and its connection, which it writes to.
    pub folder: PathBuf,
    /// Everything else that it reads.
    pub reads: Vec<PathBuf>,
}

impl Own<'_> {
    /// Returns no files: everything is the checkout's.
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
