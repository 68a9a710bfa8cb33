// SPDX-License-Identifier: MIT OR Apache-2.0

//! Only hiboma's device is accepted. The device itself is tested in the lab's guest.

use hiboma::{Hiboma, OpenError};
use nix::errno::Errno;

#[test]
fn a_path_that_leads_nowhere_is_missing() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let error = Hiboma::open_with_path(directory.path().join("hiboma")).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
}

#[test]
fn another_device_is_refused() {
    let error = Hiboma::open_with_path("/dev/null").unwrap_err();
    assert!(
        matches!(
            error,
            OpenError::NotHiboma {
                answer: Err(Errno::ENOTTY),
                ..
            }
        ),
        "{error}"
    );
}

/// On a regular file `HIBOMA_OPEN_FD` would be `FIBMAP`, which returns 0. Taken for a descriptor,
/// that would be somebody's standard input.
#[test]
fn a_regular_file_is_refused() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let error = Hiboma::open_with_path(file.path()).unwrap_err();
    assert!(matches!(error, OpenError::NotHiboma { .. }), "{error}");
}
