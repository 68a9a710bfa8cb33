// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Outcome`]: what an op came to.

use nix::errno::Errno;

/// What an op came to, as far as a program can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What the system call returned, or its errno, negative.
    pub result: i64,
    /// Whether the time limit of a `KVM_RUN` was reached.
    pub timed_out: bool,
    /// What else it came to: the structure that an ioctl wrote, or the registers.
    pub words: Vec<u64>,
}

impl Outcome {
    /// The outcome of a system call, from what it returned to C.
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

    /// The same with these bytes.
    pub fn with(mut self, bytes: &[u8]) -> Outcome {
        self.words.extend(words(bytes));
        self
    }
}

/// Bytes as words, the last one filled up with zeros.
pub fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    })
}
