// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a program finds in the modes that the interpreter does not have: a flat memory, and the tables
//! that the CPU reads.
//!
//! # Layout
//!
//! | part | what it is |
//! | --- | --- |
//! | `cpuid.rs` | what the CPU is, the same on each device |
//! | `registers.rs` | the registers at the start, and those that are compared in the end |
//! | `tables.rs` | descriptor tables and page tables |
//! | `handlers.rs` | the handlers of interrupts and exceptions |

mod cpuid;
pub mod handlers;
mod registers;
mod tables;

pub use cpuid::cpuid;
pub use registers::{MSRS, reset, sregs, system};
pub use tables::{FS_BASE, GS_BASE, SELECTORS, WINDOW, WindowPage, put};
