// SPDX-License-Identifier: MIT OR Apache-2.0

//! The operations of a program: a list of [`Op`]s.
//!
//! | file | content |
//! | --- | --- |
//! | `ioctl.rs` | an ioctl on any descriptor |
//! | `request.rs` | the ioctls and their arguments |
//! | `run.rs` | `KVM_RUN`, and what it needs |
//! | `file.rs` | system calls on any file |
//! | `memory.rs` | mappings |
//! | `process.rs` | processes, threads and signals |

mod file;
mod ioctl;
mod memory;
mod process;
pub mod request;
pub mod run;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::world::Thread;

pub use file::File;
pub use ioctl::Ioctl;
pub use memory::Memory;
pub use process::Process;
pub use request::Request;
pub use run::Run;

/// One step of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the name of a type")]
pub enum Op {
    Ioctl(Ioctl),
    Run(Run),
    File(File),
    Memory(Memory),
    Process(Process),
}

impl<'a> Arbitrary<'a> for Op {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=15)? {
            0..=5 => Op::Ioctl(u.arbitrary()?),
            6..=10 => Op::Run(u.arbitrary()?),
            11..=12 => Op::File(u.arbitrary()?),
            13..=14 => Op::Memory(u.arbitrary()?),
            _ => Op::Process(u.arbitrary()?),
        })
    }
}

impl Op {
    /// Executes the op.
    pub fn execute(&self, thread: &Thread) -> Outcome {
        match self {
            Op::Ioctl(op) => op.execute(thread),
            Op::Run(op) => op.execute(thread),
            Op::File(op) => op.execute(thread),
            Op::Memory(op) => op.execute(thread),
            Op::Process(op) => op.execute(thread),
        }
    }

    /// Returns its name in a table.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Ioctl(op) => (&op.request).into(),
            Op::Run(op) => op.into(),
            Op::File(op) => op.into(),
            Op::Memory(op) => op.into(),
            Op::Process(op) => op.into(),
        }
    }
}
