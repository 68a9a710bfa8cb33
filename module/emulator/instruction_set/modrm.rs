// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The ModRM and SIB bytes, and the addresses they stand for.
//!
//! SDM vol. 2, "ModR/M and SIB Bytes" and "Addressing-Mode Encoding".
//!
//! Counterpart: `decode_modrm()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::super::{
    bus::Bus,
    context::Context,
    operand::Width::{
        Byte,
        Dword,
        Word, //
    },
    registers::{
        SegmentRegister,
        BP,
        BX,
        DI,
        SI,
        SP, //
    },
    segmented::SegmentedAddress,
    stop::Stop, //
};

/// The byte after the opcode that says what the operands are.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModRm {
    /// 3: `rm` is a register. 0 to 2: memory, with a displacement of 0, 1 or more bytes.
    pub mode: u8,
    /// A register, or which instruction of a group.
    pub reg: u8,
    /// A register, or how an address is made.
    pub rm: u8,
}

impl ModRm {
    /// Takes the byte apart.
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

/// The sum that an address is, before it is cut to the address size, and its segment by default.
type Sum = (u32, SegmentRegister);

impl<B: Bus> Context<'_, B> {
    /// The address that the ModRM byte, and what follows it, stands for.
    pub(super) fn effective_address(&mut self) -> Result<SegmentedAddress, Stop<B::Error>> {
        let (offset, segment) = match self.prefixes.address_size {
            Dword => self.address_32()?,
            _ => self.address_16()?,
        };
        Ok(self.segmented_address(segment, offset))
    }

    /// An offset, cut to the address size, in the segment that a prefix names, or else in this.
    pub(super) fn segmented_address(
        &self,
        segment: SegmentRegister,
        offset: u32,
    ) -> SegmentedAddress {
        SegmentedAddress {
            segment: self.prefixes.segment.unwrap_or(segment),
            offset: self.prefixes.address_size.truncate(offset),
        }
    }

    fn address_16(&mut self) -> Result<Sum, Stop<B::Error>> {
        let modrm = self.modrm;
        let displacement = match (modrm.mode, modrm.rm) {
            (0, 6) => return Ok((self.next_number(Word)?, SegmentRegister::Ds)),
            (0, _) => 0,
            (1, _) => self.next_signed(Byte)?,
            _ => self.next_signed(Word)?,
        };
        let register = |number| self.cpu.register(Word, number);
        let base = match modrm.rm {
            0 | 1 | 7 => register(BX),
            2 | 3 | 6 => register(BP),
            _ => 0,
        };
        let index = match modrm.rm {
            0 | 2 | 4 => register(SI),
            1 | 3 | 5 => register(DI),
            _ => 0,
        };
        let segment = match modrm.rm {
            2 | 3 | 6 => SegmentRegister::Ss,
            _ => SegmentRegister::Ds,
        };
        Ok((base.wrapping_add(index).wrapping_add(displacement), segment))
    }

    fn address_32(&mut self) -> Result<Sum, Stop<B::Error>> {
        let modrm = self.modrm;
        let (base, index) = if modrm.rm == SP {
            let sib = self.next_byte()?;
            (sib & 7, self.scaled_index(sib))
        } else {
            (modrm.rm, 0)
        };
        let displacement = match (modrm.mode, base) {
            (0, BP) => self.next_number(Dword)?,
            (0, _) => 0,
            (1, _) => self.next_signed(Byte)?,
            _ => self.next_number(Dword)?,
        };
        let (base, segment) = match (modrm.mode, base) {
            (0, BP) => (0, SegmentRegister::Ds),
            (_, SP) => (
                self.cpu.register(Dword, SP).wrapping_add(self.inc_sp),
                SegmentRegister::Ss,
            ),
            (_, BP) => (self.cpu.register(Dword, BP), SegmentRegister::Ss),
            _ => (self.cpu.register(Dword, base), SegmentRegister::Ds),
        };
        Ok((base.wrapping_add(index).wrapping_add(displacement), segment))
    }

    /// The index register of a SIB byte, times 1, 2, 4 or 8. ESP cannot be one.
    fn scaled_index(&self, sib: u8) -> u32 {
        match sib >> 3 & 7 {
            SP => 0,
            index => self.cpu.register(Dword, index) << (sib >> 6),
        }
    }
}
