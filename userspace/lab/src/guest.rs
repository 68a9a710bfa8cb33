// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest: a VM with the lab's kernel, which runs commands.
//!
//! | file | contents |
//! | --- | --- |
//! | `start.rs` | [`Guest`] resumes from a snapshot, or boots ([`Options`]) |
//! | `session.rs` | loads modules and runs commands, until the guest ends |
//! | `snapshot.rs` | a snapshot: taken after a boot, kept, and resumed from |
//! | `accelerator.rs` | KVM or emulation; `host_kvm.rs`: why the host's KVM cannot be used |
//! | `qemu.rs` | QEMU's command line, `kernel_parameters.rs` and `initramfs.rs` in it |
//! | `process.rs` | QEMU's process, which never outlives the lab; `monitor.rs`: commands for QEMU |
//! | `breakpoint.rs` | an address at which the guest stops |
//! | `files.rs` | files for a guest that has booted already |
//! | `connection.rs` | messages to PID 1 and back, within a `deadline.rs` |
//! | `stdin.rs`, `output.rs`, `terminal.rs` | pass on the lab's own streams and terminal; `escape.rs`: how to leave |
//! | `failure.rs` | crash, hang and so on, as errors; `excerpt.rs`, `stacks.rs`, `source_lines.rs`: read them in a log |
//! | `gdb_server.rs` | a guest for gdb |
//! | `instruction_log.rs` | a log of each executed instruction; `executed.rs` reads it |
//! | `arguments.rs`, `exit_code.rs` | arguments and exit codes of all commands that start a guest |

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

/// The time limit of a command that nobody watches. The lab's own commands need far less.
pub const UNATTENDED: std::time::Duration = std::time::Duration::from_secs(120);
