// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which functions of the kernel run on a command's behalf: ftrace's function graph.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `functions.rs` | the functions that ftrace knows, and why it does not know others |
//! | `ftrace.rs` | the settings in tracefs, the command, and what has been traced |
//! | `counted.rs` | the command in a guest that counts: `calls.rs` finds the calls in QEMU's log of instructions, by
//! `code.rs` |
//! | `graph.rs` | that text as a tree of calls, without interrupts |
//! | `simple.rs` | what of it is shown |
//! | `undisturbed.rs` | of that, `KVM_RUN` without the host's other work |
//! | `names.rs` | Rust's names as they are written |
//! | `show.rs` | a tree as text; `aligned.rs`: two next to each other |
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
