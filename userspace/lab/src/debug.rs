// SPDX-License-Identifier: MIT OR Apache-2.0

//! gdb on a guest's kernel.
//!
//! | file | contents |
//! | --- | --- |
//! | `symbols.rs` | gdb's symbols: where code is in the guest, and which file describes it |
//! | `gdb.rs` | gdb, in the terminal or with a script |
//! | `served.rs` | the guest that gdb controls, and the command that runs in it |
//! | `session.rs` | combines all of them |
//!
//! Reference: [debugging kernel and modules via gdb](srctree/Documentation/process/debugging/gdb-kernel-debugging.rst).

mod gdb;
mod served;
mod session;
mod symbols;

pub use session::{Debugger, Session};
pub use symbols::symbols;
