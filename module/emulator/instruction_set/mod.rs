// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The instruction set: how instructions are encoded, and what each of them does.
//!
//! An appendix. Nothing in here is needed to follow a guest from `KVM_RUN` to an exit; look things
//! up when you need them. The chapters are those of the SDM.
//!
//! # Layout
//!
//! How an instruction is encoded, SDM vol. 2:
//!
//! - `prefixes.rs`: the bytes before the opcode.
//! - `opcode_table.rs`, `twobyte_table.rs`, `groups.rs`: what each opcode stands for, as an
//!   `opcode.rs`: an `operation.rs` and its operands.
//! - `modrm.rs`: the bytes after the opcode, by which memory is addressed.
//! - `operand_code.rs`: the operands.
//! - `undefined.rs`: the flags that are left open.
//!
//! What an instruction does, SDM vol. 1: `execute.rs` has a line for each operation, and the other
//! files are named after the chapters. `in` and `out` are in `emulator/io.rs`.

mod arithmetic;
mod control_transfer;
mod data_transfer;
mod decimal_arithmetic;
mod execute;
mod groups;
mod logical;
mod modrm;
mod opcode;
pub(super) mod opcode_table;
pub(super) mod operand_code;
mod operation;
mod prefixes;
mod shift_rotate;
mod string;
mod system;
pub(super) mod twobyte_table;
mod undefined;

pub use modrm::ModRm;
pub use opcode::{Opcode, OperandCode};
pub use opcode_table::one_byte;
pub use operation::Operation;
pub(crate) use prefixes::{Prefixes, Repeat};
pub use twobyte_table::two_byte;
pub use undefined::undefined_flags;

use super::{
    abort::Outcome,
    bus::Bus,
    context::Execution,
    cpu::Cpu,
    decode::Instruction,
    operand::Operand,
    width::Width, //
};
