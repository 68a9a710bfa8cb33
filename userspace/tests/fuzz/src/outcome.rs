// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Outcome`]: the outcome of an op.

use nix::errno::Errno;

/// The outcome of an op, as far as a program can see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The result of the system call, or its negative errno.
    pub result: i64,
    /// Whether the time limit of a `KVM_RUN` was reached.
    pub timed_out: bool,
    /// Other results: the structure that an ioctl wrote, or the registers.
    pub words: Vec<u64>,
}

impl Outcome {
    /// Returns the outcome of a system call from its result in C.
    pub fn of(result: i64) -> Outcome {
        let result = if result == -1 {
            -i64::from(Errno::last_raw())
        } else {
            result
        };
        Outcome {
            result,
            ..Outcome::default()
        }
    }

    /// Returns the same with these bytes added.
    pub fn with(mut self, bytes: &[u8]) -> Outcome {
        self.words.extend(words(bytes));
        self
    }
}

/// Returns bytes as words, the last one padded with zeros.
pub fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    })
}
