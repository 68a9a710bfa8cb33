// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Trace`]: the outcomes of a program's ops, in memory that is shared between processes.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

use anyhow::{Context, Result};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};

use crate::outcome::Outcome;

/// The number of words of an outcome that are kept.
const WORDS: usize = 80;

/// The maximum number of ops of a program.
pub const OPS: usize = 1024;

struct Record {
    state: AtomicU64,
    result: AtomicI64,
    words: [AtomicU64; WORDS],
}

/// Bits in the state of a record; the bits above them are the number of words.
const DONE: u64 = 1;
const TIMED_OUT: u64 = 2;
const LENGTH: u32 = 8;

/// A record for each op. It stays mapped until the process and its children end.
#[derive(Clone, Copy)]
pub struct Trace(&'static [Record; OPS]);

impl Trace {
    /// Creates an empty trace.
    pub fn new() -> Result<Trace> {
        let size = size_of::<[Record; OPS]>().try_into()?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
        let memory = unsafe { mmap_anonymous(None, size, protection, MapFlags::MAP_SHARED) };
        let records: NonNull<[Record; OPS]> = memory.context("mmap")?.cast();
        // SAFETY: It is never unmapped, large enough and page-aligned, and zeros are valid records.
        Ok(Trace(unsafe { records.as_ref() }))
    }

    /// Clears the outcomes of the first `ops` ops.
    pub fn clear(self, ops: usize) {
        for record in &self.0[..ops] {
            record.state.store(0, Relaxed);
        }
    }

    /// Records the outcome of an op.
    pub fn put(self, op: usize, outcome: &Outcome) {
        let record = &self.0[op];
        let words = record.words.iter().zip(&outcome.words);
        words.for_each(|(to, from)| to.store(*from, Relaxed));
        record.result.store(outcome.result, Relaxed);
        let length = outcome.words.len().min(WORDS) as u64;
        let timed_out = if outcome.timed_out { TIMED_OUT } else { 0 };
        record
            .state
            .store(length << LENGTH | timed_out | DONE, Relaxed);
    }

    /// Returns the outcome of an op, if it was executed. The executing processes must have ended.
    pub fn get(self, op: usize) -> Option<Outcome> {
        let record = &self.0[op];
        let state = record.state.load(Relaxed);
        let length = (state >> LENGTH) as usize;
        (state & DONE != 0).then(|| Outcome {
            result: record.result.load(Relaxed),
            timed_out: state & TIMED_OUT != 0,
            words: record.words[..length]
                .iter()
                .map(|word| word.load(Relaxed))
                .collect(),
        })
    }
}
