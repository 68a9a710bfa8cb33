// SPDX-License-Identifier: MIT OR Apache-2.0

//! The instructions that random programs are made of, in classes.
//!
//! A class is a list of mnemonics; every way that there is to encode one of them in code of 16, 32 or
//! 64 bits is taken from iced's tables.

use std::sync::LazyLock;

use iced_x86::{Code, DecoderOptions, EncodingKind, Mnemonic, OpCodeOperandKind};

use crate::known::NOT_GENERATED;

use Mnemonic::*;

/// A class of instructions.
pub struct Class {
    /// The mnemonics. One that is there twice is taken twice as often.
    mnemonics: &'static [Mnemonic],
    /// The ways to encode each of them, in code of 16, 32 and 64 bits.
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
    /// Bytes that conditions set.
    CONDITIONS = Seta Setae Setb Setbe Sete Setg Setge Setl Setle Setne Setno Setnp Setns Seto Setp
        Sets
);
class!(
    /// Shifts and rotations.
    SHIFTS = Rol Ror Rcl Rcr Shl Shr Sal Sar Shld Shrd
);
class!(
    /// Bits.
    BITS = Bt Bts Btr Btc Bsf Bsr
);
class!(
    /// Multiplication, and decimals.
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
    /// Segment registers, and what else the system has.
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
    /// Strings that come from ports or go to them.
    PORT_STRINGS = Insb Insw Insd Outsb Outsw Outsd
);
class!(
    /// What may fault, or does.
    FAULTS = Div Div Idiv Idiv Aam Bound Ud2 Arpl Lldt Ltr Sldt Str Lar Lsl Verr Verw
);
class!(
    /// Jumps that may not be taken.
    JUMPS = Ja Jae Jb Jbe Je Jg Jge Jl Jle Jne Jno Jnp Jns Jo Jp Js Jcxz Jecxz Loop Loope Loopne
);

class!(
    /// Moves that there are in 64-bit code only.
    WIDE_MOVES = Mov Mov Movsxd Movzx Movsx Cdqe Cqo Xchg Lea Bswap
);
class!(
    /// What the emulators of protected mode can do to a device's memory.
    EMULATED = Mov Mov Mov Movzx Movsx Movsxd Xchg Add Or Adc Sbb And Sub Xor Cmp Test Inc Dec Neg Not
);
class!(
    /// Strings that they can move from or to a device's memory.
    EMULATED_STRINGS = Movsb Movsw Movsd Movsq Stosb Stosw Stosd Stosq Lodsb Lodsw Lodsd Lodsq
        Insb Insw Insd Outsb Outsw Outsd
);
class!(
    /// The segments and tables.
    SELECTORS = Lar Lsl Verr Verw Str Sldt Smsw Sgdt Sidt
);
class!(
    /// The stack, of which it does not lose sight.
    FLAT_STACK = Push Push Push Pop Pop Pushad Popad Pushf Pushfd Pushfq
);
class!(
    /// What leaves no flag undefined.
    DEFINITE = Add Adc Sub Sbb Cmp Inc Dec Neg Mov Mov Xchg Movzx Lea Not Movsb Cmpsw Stosw Lodsd In
);

/// Those that can stand anywhere, since none of them leaves its place or moves the stack, and how
/// often each is taken.
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
    /// One of the mnemonics, as all the ways to encode it.
    pub fn mnemonic(&self, pick: impl FnOnce(usize) -> usize) -> &[Code] {
        self.mnemonic_in(16, pick)
    }

    /// The same, in code of so many bits.
    pub fn mnemonic_in(&self, bits: u32, pick: impl FnOnce(usize) -> usize) -> &[Code] {
        let codes = &self.codes[bits as usize / 32];
        &codes[pick(codes.len())]
    }

    fn in_code_of(&self, bits: u32) -> Vec<Vec<Code>> {
        let codes = self.mnemonics.iter().map(|mnemonic| codes(*mnemonic, bits));
        // Some there are not in 64-bit code.
        codes.filter(|codes| !codes.is_empty()).collect()
    }
}

/// All ways to encode a mnemonic, for an 80386 or newer.
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

/// Whether it is an operand of the CPU proper: no vector, no control register.
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
        // A branch of 16 bits would leave the code.
        32 => matches!(kind, br32_1 | br32_4),
        _ => matches!(kind, br64_1 | br64_4),
    };
    known || wide || branch
}

/// Every encoding of every class.
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
