// SPDX-License-Identifier: MIT OR Apache-2.0

//! Traces which kernel functions run for a command: ftrace's function graph.
//!
//! | file | contents |
//! | --- | --- |
//! | `functions.rs` | the functions that ftrace can trace, and why it cannot trace others |
//! | `ftrace.rs` | sets up tracefs, runs the command, and reads the trace |
//! | `counted.rs` | runs the command in a guest that counts: `calls.rs` finds calls in QEMU's log, with
//! `code.rs` |
//! | `graph.rs` | parses that text as a tree of calls, without interrupts |
//! | `simple.rs` | hides the details |
//! | `undisturbed.rs` | shows `KVM_RUN` without the host's other work |
//! | `names.rs` | shortens Rust's names |
//! | `show.rs` | prints a tree as text; `aligned.rs`: two trees side by side |
//!
//! Reference: [`trace/ftrace`](srctree/Documentation/trace/ftrace.rst).

mod aligned;
mod calls;
mod code;
mod counted;
mod ftrace;
mod functions;
mod graph;
mod names;
mod show;
mod simple;
mod undisturbed;

pub use aligned::aligned;
pub use counted::count;
pub use ftrace::{Roots, Wanted, trace};
pub use graph::Call;
pub use names::short;
pub use show::show;
pub use simple::simplified;
