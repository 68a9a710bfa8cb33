// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds a program, or says as a shell would why it cannot be run.

use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lab_protocol::{PATH, Status};
use nix::errno::Errno;

const CANNOT_RUN: Status = Status::Code(126);
const NOT_FOUND: Status = Status::Code(127);

/// The answer to a command that cannot be run.
pub struct NoProgram {
    /// One line, without a newline.
    pub message: String,
    /// 127 if there is no such program, 126 if there is one that cannot be run.
    pub status: Status,
}

/// Searches [`PATH`] for `name`, unless it contains a slash.
pub fn find(name: &str) -> Result<PathBuf, NoProgram> {
    let candidates: Vec<_> = if name.contains('/') {
        vec![PathBuf::from(name)]
    } else {
        PATH.split(':')
            .map(|directory| Path::new(directory).join(name))
            .collect()
    };
    candidates
        .into_iter()
        .find(|path| path.exists())
        .ok_or_else(|| NoProgram {
            message: format!("{name}: not found in the guest"),
            status: NOT_FOUND,
        })
}

impl NoProgram {
    /// Returns the error for an empty `argv`.
    pub fn unnamed() -> Self {
        NoProgram {
            message: "there is no command to run".into(),
            status: NOT_FOUND,
        }
    }

    /// Returns the error for a program that exists, from an error of `execve(2)`.
    pub fn not_runnable(name: &str, error: &io::Error) -> Self {
        let message = if error.kind() == ErrorKind::NotFound {
            // The file exists, so its interpreter is missing.
            format!(
                "{name}: the guest does not have the dynamic linker or the interpreter that it \
                 asks for. Link programs statically (cc -static, rustc -C \
                 target-feature=+crt-static), and begin scripts with #!/bin/sh"
            )
        } else if error.kind() == ErrorKind::PermissionDenied && is_plain_file(name) {
            format!(
                "{name}: it is not executable: on the host, `chmod +x` the file, then run it again"
            )
        } else {
            format!(
                "{name}: {}",
                Errno::from_raw(error.raw_os_error().unwrap_or_default()).desc()
            )
        };
        NoProgram {
            message,
            status: CANNOT_RUN,
        }
    }
}

/// Returns whether it is a regular file that nobody may execute.
fn is_plain_file(name: &str) -> bool {
    let metadata = find(name).ok().and_then(|path| path.metadata().ok());
    metadata.is_some_and(|it| it.is_file() && it.permissions().mode() & 0o111 == 0)
}
