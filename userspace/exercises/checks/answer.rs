// SPDX-License-Identifier: MIT OR Apache-2.0

//! Comparing the result of a system call with the expected one.

use nix::Result;

/// Compares a result with the expected one.
///
/// # Panics
///
/// Panics if they differ. The message names the call, `asked`, and ends with a hint, `look`.
#[track_caller]
pub fn expect(asked: &str, answer: Result<i32>, wanted: Result<i32>, look: &str) {
    assert!(
        answer == wanted,
        "{asked} returned {}; expected {}.\n{look}",
        name(answer),
        name(wanted)
    );
}

/// Returns the names of the flags, such as `O_RDWR | O_CLOEXEC`, or 0 if there are none.
pub fn flags(names: impl Iterator<Item = (&'static str, impl Sized)>) -> String {
    let names: Vec<_> = names.map(|(name, _)| name).collect();
    match names.is_empty() {
        true => "0".to_owned(),
        false => names.join(" | "),
    }
}

/// Returns the number, or the name of the errno.
fn name(answer: Result<i32>) -> String {
    match answer {
        Ok(number) => number.to_string(),
        Err(errno) => format!("{errno:?}"),
    }
}
