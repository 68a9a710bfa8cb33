// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`OpenError`]: why the device could not be opened, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use crate::uapi;

/// Why [`Hiboma::open`](crate::Hiboma::open) failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// `ENOENT`, or `ENODEV` or `ENXIO` if a stale node has no driver: no module is loaded.
    #[error("{} is missing: {}", path.display(), loading(Path::new(IN_THE_LAB)))]
    Missing {
        /// The path that was tried.
        path: PathBuf,
    },

    /// `EACCES` or `EPERM`: the node has mode 0600 and belongs to root.
    #[error(
        "no permission to open {}, which is root's: use sudo, \
         or run this in the lab, where you are root: `cargo lab run -- …`",
        path.display()
    )]
    Denied {
        /// The path that was tried.
        path: PathBuf,
    },

    /// It opened, but does not return hiboma's version for `HIBOMA_GET_VERSION`.
    #[error(
        "{} is not hiboma's device: HIBOMA_GET_VERSION returned {}, not {}",
        path.display(),
        answer.map_or_else(|errno| errno.to_string(), |version| version.to_string()),
        uapi::HIBOMA_VERSION
    )]
    NotHiboma {
        /// The path that was opened.
        path: PathBuf,
        /// The version or errno that it returned.
        answer: nix::Result<u32>,
    },

    /// Any other errno of `open(2)`.
    #[error("cannot open {}", path.display())]
    Other {
        /// The path that was tried.
        path: PathBuf,
        /// The error of `open(2)`.
        source: io::Error,
    },
}

impl OpenError {
    // ANCHOR: from-open
    pub(crate) fn from_open(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.raw_os_error().map(Errno::from_raw) {
            Some(Errno::ENOENT | Errno::ENODEV | Errno::ENXIO) => OpenError::Missing { path },
            Some(Errno::EACCES | Errno::EPERM) => OpenError::Denied { path },
            _ => OpenError::Other { path, source },
        }
    }
    // ANCHOR_END: from-open
}

/// The module's path in the lab's guests.
const IN_THE_LAB: &str = "/lib/modules/hiboma.ko";

/// Says how to load the module: from this file, if it exists.
fn loading(module: &Path) -> String {
    match module.exists() {
        true => format!("load the module with `insmod {}`", module.display()),
        false => "load the module with `make -C module insmod`, \
                  or run this in the lab: `cargo lab run -- …`"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(errno: Errno) -> String {
        OpenError::from_open(Path::new("/dev/hiboma"), errno.into()).to_string()
    }

    #[test]
    fn a_missing_device_says_how_to_get_one() {
        for errno in [Errno::ENOENT, Errno::ENODEV, Errno::ENXIO] {
            let message = message(errno);
            assert!(message.starts_with("/dev/hiboma is missing: "), "{message}");
            assert!(message.contains("make -C module insmod"), "{message}");
            assert!(message.contains("cargo lab run -- "), "{message}");
        }
    }

    #[test]
    fn in_a_guest_the_module_is_a_file() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/error.rs");
        let said = format!("load the module with `insmod {}`", here.display());
        assert_eq!(loading(&here), said);
        assert!(loading(&here.join("nowhere")).contains("cargo lab run -- "));
    }

    #[test]
    fn a_denied_device_says_who_may() {
        let message = message(Errno::EACCES);
        assert!(
            message.starts_with("no permission to open /dev/hiboma"),
            "{message}"
        );
        assert!(message.contains("sudo"), "{message}");
    }

    #[test]
    fn any_other_errno_is_passed_on() {
        let error = OpenError::from_open(Path::new("/dev/hiboma"), Errno::EMFILE.into());
        let source = std::error::Error::source(&error).expect("it has a source");
        assert!(
            source.to_string().contains("Too many open files"),
            "{source}"
        );
    }
}
