// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds a learner's copy, for a guest.

use anyhow::{Result, bail};
use lab_protocol::HOME;

use super::{Mine, find};
use crate::build::Wanted;
use crate::build::exercise::{Built, Strictness, build};
use crate::image::{Content, GuestFile};

/// Builds the learner's copy of the exercise with this number or name: `./exercise` in the guest, or
/// `exercise.ko`. If it does not compile, the error has the compiler's messages.
pub fn made(asked: &str, strictness: Strictness, kernel: impl Into<Wanted>) -> Result<GuestFile> {
    let exercise = find(asked)?;
    let mine = Mine::of(&exercise);
    mine.check_started(&exercise)?;
    match build(&mine.folder(), strictness, kernel)? {
        Built::Refused(compiler) => bail!("it does not compile yet:\n{compiler}"),
        Built::Binary { path, name, .. } => Ok(GuestFile {
            path: format!("{HOME}/{name}"),
            content: Content::HostFile(path),
        }),
    }
}
