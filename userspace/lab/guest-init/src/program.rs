// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finding a program, and saying like a shell why there is none.

use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lab_protocol::{PATH, Status};
use nix::errno::Errno;

const CANNOT_RUN: Status = Status::Code(126);
const NOT_FOUND: Status = Status::Code(127);

/// What the lab's user gets instead of a program's output.
pub struct NoProgram {
    /// One line, without its end.
    pub message: String,
    /// 127 where there is no such program, 126 where there is one that cannot be run.
    pub status: Status,
}

/// Looks `name` up on [`PATH`], unless it says by a slash where it is.
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
    /// For an empty `argv`.
    pub fn unnamed() -> Self {
        NoProgram {
            message: "there is no command to run".into(),
            status: NOT_FOUND,
        }
    }

    /// For a program that is there, and an error of `execve(2)`.
    pub fn not_runnable(name: &str, error: &io::Error) -> Self {
        let message = if error.kind() == ErrorKind::NotFound {
            // The file is there, so what is missing is what it wants to be run by.
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

/// Whether it is a file that nobody may run.
fn is_plain_file(name: &str) -> bool {
    let metadata = find(name).ok().and_then(|path| path.metadata().ok());
    metadata.is_some_and(|it| it.is_file() && it.permissions().mode() & 0o111 == 0)
}
