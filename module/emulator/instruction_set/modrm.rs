// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The ModRM and SIB bytes, and the addresses that they encode.
//!
//! SDM vol. 2, "ModR/M and SIB Bytes" and "Addressing-Mode Encoding".
//!
//! Counterpart: `decode_modrm()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::super::{
    bus::Bus,
    cpu::Cpu,
    decode::Decoder,
    registers::{
        SegmentRegister,
        BP,
        BX,
        DI,
        SI,
        SP, //
    },
    segmented::SegmentedAddress,
    stop::Stop,
    width::Width::{
        Byte,
        Dword,
        Word, //
    }, //
};

/// The byte after the opcode that encodes the operands.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModRm {
    /// 3: `rm` is a register. 0 to 2: memory, with a displacement of 0, 1 or more bytes.
    pub mode: u8,
    /// A register, or the number of an instruction in a group.
    pub reg: u8,
    /// A register, or the form of an address.
    pub rm: u8,
}

impl ModRm {
    /// Splits the byte into its fields.
    pub fn new(byte: u8) -> Self {
        ModRm {
            mode: byte >> 6,
            reg: byte >> 3 & 7,
            rm: byte & 7,
        }
    }

    /// Whether `rm` addresses memory.
    pub fn is_memory(self) -> bool {
        self.mode != 3
    }
}

/// How to compute an address from registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    segment: SegmentRegister,
    base: Option<u8>,
    /// A register, and the number of bits to shift it left.
    index: Option<(u8, u8)>,
    displacement: u32,
    /// The mask of the sum: 16 or 32 bits.
    mask: u32,
}

impl Address {
    /// The address of an instruction that does not use memory.
    pub(crate) const NONE: Address = Address {
        segment: SegmentRegister::Ds,
        base: None,
        index: None,
        displacement: 0,
        mask: 0,
    };
}

impl Cpu {
    /// Computes an address from the current registers.
    pub(in super::super) fn effective_address(&self, address: &Address) -> SegmentedAddress {
        let register = |number| self.register(Dword, number);
        let base = address.base.map_or(0, register);
        let index = address.index;
        let index = index.map_or(0, |(number, scale)| register(number) << scale);
        let sum = base.wrapping_add(index).wrapping_add(address.displacement);
        SegmentedAddress {
            segment: address.segment,
            offset: sum & address.mask,
        }
    }
}

impl<B: Bus> Decoder<'_, B> {
    /// Decodes the address that the ModRM byte, and the bytes after it, encode.
    pub(super) fn modrm_address(&mut self) -> Result<Address, Stop<B::Error>> {
        match self.prefixes.address_size {
            Dword => self.address_32(),
            _ => self.address_16(),
        }
    }

    /// Returns an address in the segment that a prefix names, or else in `segment`.
    pub(super) fn address_of(
        &self,
        segment: SegmentRegister,
        base: Option<u8>,
        index: Option<(u8, u8)>,
        displacement: u32,
    ) -> Address {
        Address {
            segment: self.prefixes.segment.unwrap_or(segment),
            base,
            index,
            displacement,
            mask: self.prefixes.address_size.mask(),
        }
    }

    fn address_16(&mut self) -> Result<Address, Stop<B::Error>> {
        let modrm = self.modrm;
        let displacement = match (modrm.mode, modrm.rm) {
            (0, 6) => self.next_number(Word)?,
            (0, _) => 0,
            (1, _) => self.next_signed(Byte)?,
            _ => self.next_signed(Word)?,
        };
        let base = match (modrm.mode, modrm.rm) {
            (0, 6) => None,
            (_, 0 | 1 | 7) => Some(BX),
            (_, 2 | 3 | 6) => Some(BP),
            _ => None,
        };
        let index = match modrm.rm {
            0 | 2 | 4 => Some((SI, 0)),
            1 | 3 | 5 => Some((DI, 0)),
            _ => None,
        };
        Ok(self.address_of(default_segment(base), base, index, displacement))
    }

    fn address_32(&mut self) -> Result<Address, Stop<B::Error>> {
        let modrm = self.modrm;
        let (base, index) = if modrm.rm == SP {
            let sib = self.next_byte()?;
            (sib & 7, scaled_index(sib))
        } else {
            (modrm.rm, None)
        };
        let displacement = match (modrm.mode, base) {
            (0, BP) => self.next_number(Dword)?,
            (0, _) => 0,
            (1, _) => self.next_signed(Byte)?,
            _ => self.next_number(Dword)?,
        };
        let (base, displacement) = match (modrm.mode, base) {
            (0, BP) => (None, displacement),
            (_, SP) => (Some(SP), displacement.wrapping_add(self.inc_sp)),
            _ => (Some(base), displacement),
        };
        Ok(self.address_of(default_segment(base), base, index, displacement))
    }
}

/// Returns SS if the base is the stack or the frame pointer, and DS otherwise.
fn default_segment(base: Option<u8>) -> SegmentRegister {
    match base {
        Some(SP | BP) => SegmentRegister::Ss,
        _ => SegmentRegister::Ds,
    }
}

/// Returns the index register of a SIB byte, and its shift count. ESP cannot be an index.
fn scaled_index(sib: u8) -> Option<(u8, u8)> {
    match sib >> 3 & 7 {
        SP => None,
        number => Some((number, sib >> 6)),
    }
}
