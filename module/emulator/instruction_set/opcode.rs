// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Opcode`]: what the opcode maps say about an opcode.
//!
//! SDM vol. 2, "Key to Abbreviations".

use super::{
    ModRm,
    Operation, //
};

/// What an opcode stands for.
#[derive(Clone, Copy, Debug)]
pub enum Opcode {
    /// An instruction, and what operands it has.
    Instruction(Operation, &'static [OperandCode]),
    /// Several instructions: the ModRM byte tells which.
    Group(fn(ModRm) -> Opcode),
    /// The first byte of an opcode of two.
    TwoByte,
    /// A prefix of the instruction.
    Prefix,
    /// No instruction, or none in real mode: `#UD`.
    Undefined,
    /// An instruction that real processors have and the interpreter has not, or several.
    Missing(&'static str),
}

/// What an operand is, in the letters of the manual: a capital for where it is and a small letter
/// for its size; or the name of a register.
///
/// The sizes: `b`, 8 bits; `w`, 16; `v`, 16 or 32, as the operand size is; `p`, a far pointer; `a`,
/// two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "a line is on several")]
#[rustfmt::skip]
pub enum OperandCode {
    // What ModRM addresses: a register or memory.
    Eb, Ew, Ev,
    // The register that ModRM has besides.
    Gb, Gv,
    // The segment register that ModRM has besides.
    Sw,
    // What ModRM addresses, which must be memory.
    M, Ma, Mp,
    // What ModRM addresses: a register of the operand size, or 16 bits of memory.
    RvMw,
    // The register in the last three bits of the opcode.
    Zb, Zv,
    // A number in the instruction. `Ibs` is sign-extended.
    Ib, Ibs, Iw, Iv,
    // The same, to be added to the address of the next instruction.
    Jb, Jv,
    // A far pointer in the instruction.
    Ap,
    // Memory at an offset in the instruction.
    Ob, Ov,
    // Memory at DS:SI, of string instructions.
    Xb, Xv,
    // Memory at ES:DI, of string instructions.
    Yb, Yv,
    // Memory at DS:BX+AL, of `xlat`.
    BxAl,
    // The number 1.
    One,
    // The register of this name. `Eax` is AX if the operand size is 16 bits.
    Al, Cl, Dx, Eax,
    // The segment register of this name.
    Es, Cs, Ss, Ds, Fs, Gs,
}

use OperandCode::*;

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

impl OperandCode {
    fn is_in_modrm(self) -> bool {
        matches!(self, Eb | Ew | Ev | Gb | Gv | Sw | M | Ma | Mp | RvMw)
    }
}
