// SPDX-License-Identifier: MIT OR Apache-2.0

//! gdb on a guest's kernel.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `symbols.rs` | which code is where in the guest, and which file describes it |
//! | `gdb.rs` | gdb, at the terminal or by a file of commands |
//! | `served.rs` | the guest that gdb has, and the command that runs in it |
//! | `session.rs` | all of them together |
//!
//! Reference: [debugging kernel and modules via gdb](srctree/Documentation/process/debugging/gdb-kernel-debugging.rst).

mod gdb;
mod served;
mod session;
mod symbols;

pub use session::{Debugger, Session};
pub use symbols::symbols;
