// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! From the bytes of an instruction to what it is to do.
//!
//! # Layout
//!
//! - `fetch.rs`: the bytes.
//! - `prefixes.rs`: those before the opcode.
//! - `opcode.rs`: what an opcode can stand for: an `operation.rs` and its operands.
//! - `one_byte.rs`, `two_byte.rs`, `groups.rs`: the opcode maps.
//! - `modrm.rs`: the bytes after the opcode, by which memory is addressed.
//! - `operands.rs`: the operands.
//! - `undefined.rs`: the flags that are left open.
//! - `decode.rs`: an instruction, put together from all of these.

mod decode;
mod fetch;
mod groups;
mod modrm;
mod one_byte;
mod opcode;
mod operands;
mod operation;
mod prefixes;
mod two_byte;
mod undefined;

pub(crate) use decode::Instruction;
pub(crate) use fetch::Code;
pub use modrm::ModRm;
pub use one_byte::one_byte;
pub use opcode::{Opcode, OperandCode};
pub use operation::Operation;
pub(crate) use prefixes::{Prefixes, Repeat};
pub use two_byte::two_byte;
pub use undefined::undefined_flags;
