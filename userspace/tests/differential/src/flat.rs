// SPDX-License-Identifier: MIT OR Apache-2.0

//! The environment of programs in the modes that the interpreter
//! does not implement: a flat memory, and the CPU's tables.
//!
//! # Layout
//!
//! | part | content |
//! | --- | --- |
//! | `cpuid.rs` | the CPUID, the same on each device |
//! | `registers.rs` | the registers at the start, and those that are compared at the end |
//! | `tables.rs` | descriptor tables and page tables |
//! | `handlers.rs` | the handlers of interrupts and exceptions |

mod cpuid;
pub mod handlers;
mod registers;
mod tables;

pub use cpuid::cpuid;
pub use registers::{MSRS, reset, sregs, system};
pub use tables::{FS_BASE, GS_BASE, SELECTORS, WINDOW, WindowPage, put};
