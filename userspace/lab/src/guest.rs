// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest: a machine that runs the lab's kernel, and commands on it.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `start.rs` | [`Guest`] resumes from a snapshot, or boots ([`Options`]) |
//! | `session.rs` | modules and commands, until its end |
//! | `snapshot.rs` | taken after a boot, kept, and resumed from |
//! | `accelerator.rs` | KVM or emulation; `host_kvm.rs`: why the host's KVM cannot be used |
//! | `qemu.rs` | QEMU's command line, `kernel_parameters.rs` and `initramfs.rs` in it |
//! | `process.rs` | QEMU's process, which never outlives the lab; `monitor.rs`: commands to it |
//! | `breakpoint.rs` | an address at which it stops |
//! | `files.rs` | files for a guest that has booted already |
//! | `connection.rs` | messages to PID 1 and back, within a `deadline.rs` |
//! | `stdin.rs`, `output.rs`, `terminal.rs` | the lab's own streams and terminal, passed on; `escape.rs`: the way out |
//! | `failure.rs` | crash, hang and the like, as errors; `excerpt.rs`, `stacks.rs`, `source_lines.rs`: what a log says of them |
//! | `gdb_server.rs` | a guest for gdb |
//! | `instruction_log.rs` | a log of each instruction; `executed.rs`: what it says |
//! | `arguments.rs`, `exit_code.rs` | the same of every command that starts a guest |

mod accelerator;
mod arguments;
mod breakpoint;
mod connection;
mod deadline;
mod escape;
mod excerpt;
mod executed;
pub mod exit_code;
mod failure;
mod files;
mod gdb_server;
pub mod host_kvm;
mod initramfs;
mod instruction_log;
mod kernel_parameters;
mod monitor;
mod options;
mod output;
mod process;
mod qemu;
mod session;
mod snapshot;
mod source_lines;
mod stacks;
mod start;
mod stdin;
pub mod terminal;

pub use accelerator::Accelerator;
pub use arguments::{Arguments, StartArguments};
pub use connection::{HangUp, Sender};
pub use executed::{Executed, Place};
pub use failure::{Failure, Kind};
pub use options::{Options, Repeatable};
pub use output::Undelivered;
pub use qemu::version as qemu_version;
pub use session::{Guest, HIBOMA};
pub use source_lines::is_named;

/// How long a command may take where nobody waits for it: none of the lab's own takes seconds.
pub const UNATTENDED: std::time::Duration = std::time::Duration::from_secs(120);
