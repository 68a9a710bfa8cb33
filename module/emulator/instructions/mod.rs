// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! What the instructions do, by the chapters of the manual.
//!
//! # Layout
//!
//! `execute.rs` has them all, a line each. The others are named as the Intel SDM
//! vol. 1 names the groups of general-purpose instructions.

mod binary_arithmetic;
mod bit_byte;
mod control_transfer;
mod data_transfer;
mod decimal_arithmetic;
mod enter_leave;
mod execute;
mod flag_control;
mod interrupts;
mod io;
mod logical;
mod miscellaneous;
mod multiply_divide;
mod segment;
mod shift_rotate;
mod stack;
mod string;
mod system;

use super::{
    abort::Outcome,
    bus::Bus,
    cpu::Cpu,
    decoder::{
        Instruction,
        Operation, //
    },
    execution::Execution,
    operand::Operand,
    width::Width, //
};
