// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The prefixes of an instruction.
//!
//! SDM vol. 2, "Instruction Prefixes".
//!
//! Counterpart: the loop over prefixes of `x86_decode_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::super::{
    bus::Bus,
    context::Context,
    registers::SegmentRegister,
    width::Width::{
        self,
        Dword,
        Word, //
    }, //
};

/// The effect of all prefixes of an instruction. If prefixes contradict each other, the last one
/// applies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefixes {
    /// 16 or 32 bits.
    pub(crate) operand_size: Width,
    /// 16 or 32 bits.
    pub(crate) address_size: Width,
    pub(crate) segment: Option<SegmentRegister>,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) lock: bool,
}

/// How long `rep` repeats a comparison. It repeats other string instructions in both cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// While there is no match.
    NotEqual,
    /// While there is a match.
    Equal,
}

impl Prefixes {
    /// Returns the defaults without prefixes, for this value of CS.D/B.
    pub(crate) const fn none(db: bool) -> Self {
        let size = if db { Dword } else { Word };
        Prefixes {
            operand_size: size,
            address_size: size,
            segment: None,
            repeat: None,
            lock: false,
        }
    }

    /// Adds a prefix.
    pub(crate) fn add(&mut self, byte: u8, db: bool) {
        let other = if db { Word } else { Dword };
        match byte {
            0x26 => self.segment = Some(SegmentRegister::Es),
            0x2e => self.segment = Some(SegmentRegister::Cs),
            0x36 => self.segment = Some(SegmentRegister::Ss),
            0x3e => self.segment = Some(SegmentRegister::Ds),
            0x64 => self.segment = Some(SegmentRegister::Fs),
            0x65 => self.segment = Some(SegmentRegister::Gs),
            0x66 => self.operand_size = other,
            0x67 => self.address_size = other,
            0xf0 => self.lock = true,
            0xf2 => self.repeat = Some(Repeat::NotEqual),
            0xf3 => self.repeat = Some(Repeat::Equal),
            _ => (),
        }
    }
}

impl<B: Bus> Context<'_, B> {
    /// 16 or 32 bits.
    pub(in super::super) fn operand_size(&self) -> Width {
        self.instruction.prefixes.operand_size
    }

    /// 16 or 32 bits.
    pub(in super::super) fn address_size(&self) -> Width {
        self.instruction.prefixes.address_size
    }
}
