// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Opcode`]: an entry of the opcode tables.
//!
//! SDM vol. 2, "Key to Abbreviations".
//!
//! Counterpart: `struct opcode` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    ModRm,
    OperandCode,
    Operation, //
};

/// The meaning of an opcode.
#[derive(Clone, Copy, Debug)]
pub enum Opcode {
    /// An instruction and its operands.
    Instruction(Operation, &'static [OperandCode]),
    /// Several instructions: the ModRM byte selects one.
    Group(fn(ModRm) -> Opcode),
    /// The first byte of a two-byte opcode.
    TwoByte,
    /// A prefix of the instruction.
    Prefix,
    /// No instruction, or none in real mode: `#UD`.
    Undefined,
    /// Instructions that real CPUs have and the interpreter does not implement.
    Missing(&'static str),
}

impl Opcode {
    /// Whether a ModRM byte follows the opcode.
    pub(crate) fn has_modrm(self) -> bool {
        match self {
            Opcode::Instruction(_, codes) => codes.iter().any(|code| code.is_in_modrm()),
            Opcode::Group(_) => true,
            _ => false,
        }
    }
}
