// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The instruction set: how instructions are encoded, and what each of them does.
//!
//! An appendix: you need none of it to follow a guest from `KVM_RUN` to an exit. Use it for
//! reference. The chapters are those of the SDM.
//!
//! # Layout
//!
//! How an instruction is encoded, SDM vol. 2:
//!
//! - `prefixes.rs`: the bytes before the opcode.
//! - `opcode_table.rs`, `twobyte_table.rs`, `groups.rs`: the meaning of each opcode, as an
//!   `opcode.rs`: an `operation.rs` and its operands.
//! - `modrm.rs`: the bytes after the opcode that address memory.
//! - `operand_code.rs`: the operands.
//!
//! What an instruction does, SDM vol. 1: `execute.rs` has a line for each operation, `modify.rs`
//! has the steps that many share, and the other files are named after the chapters. `in` and `out`
//! are in `emulator/io.rs`.

mod arithmetic;
mod control_transfer;
mod data_transfer;
mod decimal_arithmetic;
mod execute;
mod groups;
mod logical;
mod modify;
mod modrm;
mod opcode;
mod opcode_table;
mod operand_code;
mod operation;
mod prefixes;
mod shift_rotate;
mod string;
mod system;
mod twobyte_table;

pub(super) use modrm::Address;
pub use modrm::ModRm;
pub use opcode::Opcode;
pub use opcode_table::opcode_table;
pub use operand_code::OperandCode;
pub use operation::Operation;
pub(super) use prefixes::{
    Prefixes,
    Repeat, //
};
pub use twobyte_table::twobyte_table;

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    operand::Operand,
    stop::Stop,
    width::Width, //
};
