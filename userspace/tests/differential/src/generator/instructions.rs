// SPDX-License-Identifier: MIT OR Apache-2.0

//! The instructions of random programs, in classes.
//!
//! A class is a list of mnemonics; iced's tables provide all
//! encodings of a mnemonic in code of 16, 32 or 64 bits.

use std::sync::LazyLock;

use iced_x86::{Code, DecoderOptions, EncodingKind, Mnemonic, OpCodeOperandKind};

use crate::known::NOT_GENERATED;

use Mnemonic::*;

/// A class of instructions.
pub struct Class {
    /// The mnemonics. One that is listed twice is chosen twice as often.
    mnemonics: &'static [Mnemonic],
    /// The encodings of each of them, in code of 16, 32 and 64 bits.
    codes: LazyLock<[Vec<Vec<Code>>; 3]>,
}

macro_rules! class {
    ($(#[$doc:meta])* $class:ident = $($mnemonic:ident)+) => {
        $(#[$doc])*
        pub static $class: Class = Class {
            mnemonics: &[$($mnemonic),+],
            codes: LazyLock::new(|| [16, 32, 64].map(|bits| $class.in_code_of(bits))),
        };
    };
}

class!(
    /// Arithmetic and logic.
    ARITHMETIC = Add Or Adc Sbb And Sub Xor Cmp Test Inc Dec Neg Not
);
class!(
    /// Moves of data.
    MOVES = Mov Mov Mov Xchg Movzx Movsx Lea Cbw Cwde Cwd Cdq Bswap Xlatb Cmpxchg Xadd Nop
);
class!(
    /// Setting a byte by a condition.
    CONDITIONS = Seta Setae Setb Setbe Sete Setg Setge Setl Setle Setne Setno Setnp Setns Seto Setp
        Sets
);
class!(
    /// Shifts and rotations.
    SHIFTS = Rol Ror Rcl Rcr Shl Shr Sal Sar Shld Shrd
);
class!(
    /// Single bits.
    BITS = Bt Bts Btr Btc Bsf Bsr
);
class!(
    /// Multiplication, and decimal arithmetic.
    PRODUCTS = Mul Imul Imul Daa Das Aaa Aas Aad
);
class!(
    /// Flags.
    FLAGS = Clc Stc Cmc Cld Std Cli Sti Lahf Sahf
);
class!(
    /// Strings in memory.
    STRINGS = Movsb Movsw Movsd Cmpsb Cmpsw Cmpsd Stosb Stosw Stosd Lodsb Lodsw Lodsd Scasb Scasw
        Scasd
);
class!(
    /// Segment registers, and other system instructions.
    SYSTEM = Lds Les Lfs Lgs Lss Sgdt Sidt Lgdt Smsw Cpuid Clts Invd Wbinvd
);
class!(
    /// The stack.
    STACK = Push Push Push Pop Pop Pusha Pushad Popa Popad Pushf Pushfd Enter Leave
);
class!(
    /// Ports.
    PORTS = In Out
);
class!(
    /// Strings to and from ports.
    PORT_STRINGS = Insb Insw Insd Outsb Outsw Outsd
);
class!(
    /// Instructions that may fault, or always do.
    FAULTS = Div Div Idiv Idiv Aam Bound Ud2 Arpl Lldt Ltr Sldt Str Lar Lsl Verr Verw
);
class!(
    /// Conditional jumps.
    JUMPS = Ja Jae Jb Jbe Je Jg Jge Jl Jle Jne Jno Jnp Jns Jo Jp Js Jcxz Jecxz Loop Loope Loopne
);

class!(
    /// Moves that exist only in 64-bit code.
    WIDE_MOVES = Mov Mov Movsxd Movzx Movsx Cdqe Cqo Xchg Lea Bswap
);
class!(
    /// Instructions that protected mode's emulators support on a device's memory.
    EMULATED = Mov Mov Mov Movzx Movsx Movsxd Xchg Add Or Adc Sbb And Sub Xor Cmp Test Inc Dec Neg Not
);
class!(
    /// String instructions that they support on a device's memory.
    EMULATED_STRINGS = Movsb Movsw Movsd Movsq Stosb Stosw Stosd Stosq Lodsb Lodsw Lodsd Lodsq
        Insb Insw Insd Outsb Outsw Outsd
);
class!(
    /// The segments and tables.
    SELECTORS = Lar Lsl Verr Verw Str Sldt Smsw Sgdt Sidt
);
class!(
    /// The stack, without losing track of it.
    FLAT_STACK = Push Push Push Pop Pop Pushad Popad Pushf Pushfd Pushfq
);
class!(
    /// Instructions that leave no flag undefined.
    DEFINITE = Add Adc Sub Sbb Cmp Inc Dec Neg Mov Mov Xchg Movzx Lea Not Movsb Cmpsw Stosw Lodsd In
);

/// The classes that may stand anywhere, because they
/// neither jump nor move the stack, and the weight of each.
pub const ANYWHERE: [(usize, &Class); 9] = [
    (30, &ARITHMETIC),
    (22, &MOVES),
    (4, &CONDITIONS),
    (14, &SHIFTS),
    (5, &BITS),
    (7, &PRODUCTS),
    (6, &FLAGS),
    (6, &STRINGS),
    (3, &SYSTEM),
];

impl Class {
    /// Returns all encodings of one of the mnemonics.
    pub fn mnemonic(&self, pick: impl FnOnce(usize) -> usize) -> &[Code] {
        self.mnemonic_in(16, pick)
    }

    /// The same, in code of this number of bits.
    pub fn mnemonic_in(&self, bits: u32, pick: impl FnOnce(usize) -> usize) -> &[Code] {
        let codes = &self.codes[bits as usize / 32];
        &codes[pick(codes.len())]
    }

    fn in_code_of(&self, bits: u32) -> Vec<Vec<Code>> {
        let codes = self.mnemonics.iter().map(|mnemonic| codes(*mnemonic, bits));
        // Some mnemonics do not exist in 64-bit code.
        codes.filter(|codes| !codes.is_empty()).collect()
    }
}

/// Returns all encodings of a mnemonic, for an 80386 or newer.
fn codes(mnemonic: Mnemonic, bits: u32) -> Vec<Code> {
    Code::values()
        .filter(|code| code.mnemonic() == mnemonic)
        .filter(|code| NOT_GENERATED.iter().all(|(not, _)| code != not))
        .filter(|code| {
            let op_code = code.op_code();
            op_code.is_available_in_mode(bits)
                && op_code.encoding() == EncodingKind::Legacy
                && op_code.decoder_option() == DecoderOptions::NONE
                && op_code.op_kinds().iter().all(|kind| is_known(*kind, bits))
        })
        .collect()
}

/// Returns whether it is an operand of the base CPU: no vector, no control register.
fn is_known(kind: OpCodeOperandKind, bits: u32) -> bool {
    use OpCodeOperandKind::*;
    #[rustfmt::skip]
    let known = matches!(
        kind,
        mem | mem_offs | r8_or_mem | r16_or_mem | r32_or_mem
            | r8_reg | r8_opcode | r16_reg | r16_rm | r16_opcode | r32_reg | r32_rm | r32_opcode
            | seg_reg | es | cs | ss | ds | fs | gs | al | cl | ax | dx | eax
            | imm8 | imm8_const_1 | imm8sex16 | imm8sex32 | imm16 | imm32
            | seg_rSI | es_rDI | seg_rBX_al
    );
    let wide = matches!(
        kind,
        r64_or_mem | r64_reg | r64_rm | r64_opcode | rax | imm8sex64 | imm32sex64 | imm64
    );
    let branch = match bits {
        16 => matches!(kind, br16_1 | br16_2 | br32_1 | br32_4),
        // A 16-bit branch would leave the code.
        32 => matches!(kind, br32_1 | br32_4),
        _ => matches!(kind, br64_1 | br64_4),
    };
    known || wide || branch
}

/// Returns every encoding of every class.
#[cfg(test)]
pub fn all_codes() -> impl Iterator<Item = Code> {
    let others = [&STACK, &PORTS, &PORT_STRINGS, &FAULTS, &JUMPS, &DEFINITE];
    let classes = ANYWHERE.map(|(_, class)| class).into_iter().chain(others);
    classes.flat_map(|class| class.codes[0].iter().flatten().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mnemonic_has_an_encoding() {
        let others = [&STACK, &PORTS, &PORT_STRINGS, &FAULTS, &JUMPS, &DEFINITE];
        for class in ANYWHERE.map(|(_, class)| class).into_iter().chain(others) {
            assert_eq!(class.codes[0].len(), class.mnemonics.len());
        }
    }
}
