// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`OperandCode`]: from the codes in the opcode tables to the operands of an instruction.
//!
//! SDM vol. 2, "Codes for Addressing Method"; `decode_operand()` in KVM.

use super::super::{
    bus::Bus,
    decode::Decoder,
    exceptions::Exception::InvalidOpcode,
    operand::Operand::{
        self,
        FarPointer,
        Immediate,
        Memory,
        Register,
        Relative,
        Segment,
        StringDestination, //
    },
    registers::{
        SegmentRegister,
        AX,
        BX,
        CX,
        DX,
        SI, //
    },
    stop::Stop,
    width::Width::{
        self,
        Byte,
        Word, //
    }, //
};

/// The kind of an operand, in the manual's notation: a capital letter for its location and a small
/// letter for its size; or the name of a register.
///
/// The sizes: `b`, 8 bits; `w`, 16; `v`, 16 or 32, depending on the operand size; `p`, a far
/// pointer; `a`, two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "a line is on several")]
#[rustfmt::skip]
pub enum OperandCode {
    // The operand that ModRM addresses: a register or memory.
    Eb, Ew, Ev,
    // The other register in ModRM.
    Gb, Gv,
    // The segment register in ModRM.
    Sw,
    // The operand that ModRM addresses, which must be memory.
    M, Ma, Mp,
    // The operand that ModRM addresses: a register of the operand size, or 16 bits of memory.
    RvMw,
    // The register in the last three bits of the opcode.
    Zb, Zv,
    // A number in the instruction. `Ibs` is sign-extended.
    Ib, Ibs, Iw, Iv,
    // The same, added to the address of the next instruction.
    Jb, Jv,
    // A far pointer in the instruction.
    Ap,
    // Memory at an offset in the instruction.
    Ob, Ov,
    // Memory at DS:SI, of string instructions.
    Xb, Xv,
    // Memory at ES:DI, of string instructions.
    Yb, Yv,
    // Memory at DS:BX, of `xlat`.
    Bx,
    // The number 1.
    One,
    // The register of this name. `Eax` is AX if the operand size is 16 bits.
    Al, Cl, Dx, Eax,
    // The segment register of this name.
    Es, Cs, Ss, Ds, Fs, Gs,
}

use OperandCode::*;

impl OperandCode {
    pub(super) fn is_in_modrm(self) -> bool {
        matches!(self, Eb | Ew | Ev | Gb | Gv | Sw | M | Ma | Mp | RvMw)
    }
}

impl<B: Bus> Decoder<'_, B> {
    /// Decodes the operand of a code. Takes its bytes, if it has any, from the instruction.
    pub(crate) fn decode_operand(&mut self, code: OperandCode) -> Result<Operand, Stop<B::Error>> {
        let modrm = self.modrm;
        let operand_size = self.prefixes.operand_size;
        Ok(match code {
            Eb => self.register_or_memory(Byte, Byte)?,
            Ew => self.register_or_memory(Word, Word)?,
            Ev | M | Ma | Mp => self.register_or_memory(operand_size, operand_size)?,
            RvMw => self.register_or_memory(operand_size, Word)?,
            Gb => Register(Byte, modrm.reg),
            Gv => Register(operand_size, modrm.reg),
            Sw => Segment(SegmentRegister::from_number(modrm.reg).ok_or(InvalidOpcode)?),
            Zb => Register(Byte, self.opcode & 7),
            Zv => Register(operand_size, self.opcode & 7),
            Ib => Immediate(self.next_number(Byte)?),
            Ibs => Immediate(self.next_signed(Byte)?),
            Iw => Immediate(self.next_number(Word)?),
            Iv => Immediate(self.next_number(operand_size)?),
            Jb => Relative(self.next_signed(Byte)?),
            Jv => Relative(self.next_signed(operand_size)?),
            Ap => {
                let offset = self.next_number(operand_size)?;
                FarPointer(self.next_number(Word)? as u16, offset)
            }
            Ob => self.memory_at_offset(Byte)?,
            Ov => self.memory_at_offset(operand_size)?,
            Xb => self.memory_at_register(Byte, SI),
            Xv => self.memory_at_register(operand_size, SI),
            Yb => StringDestination(Byte),
            Yv => StringDestination(operand_size),
            Bx => self.memory_at_register(Byte, BX),
            One => Immediate(1),
            Al => Register(Byte, AX),
            Cl => Register(Byte, CX),
            Dx => Register(Word, DX),
            Eax => Register(operand_size, AX),
            Es => Segment(SegmentRegister::Es),
            Cs => Segment(SegmentRegister::Cs),
            Ss => Segment(SegmentRegister::Ss),
            Ds => Segment(SegmentRegister::Ds),
            Fs => Segment(SegmentRegister::Fs),
            Gs => Segment(SegmentRegister::Gs),
        })
    }

    /// Decodes the operand that ModRM addresses. A register and memory may differ in width.
    fn register_or_memory(
        &mut self,
        register: Width,
        memory: Width,
    ) -> Result<Operand, Stop<B::Error>> {
        let modrm = self.modrm;
        Ok(if modrm.is_memory() {
            self.address = self.modrm_address()?;
            Memory(memory)
        } else {
            Register(register, modrm.rm)
        })
    }

    /// Decodes memory at an offset in the instruction.
    fn memory_at_offset(&mut self, width: Width) -> Result<Operand, Stop<B::Error>> {
        let displacement = self.next_number(self.prefixes.address_size)?;
        self.address = self.address_of(SegmentRegister::Ds, None, None, displacement);
        Ok(Memory(width))
    }

    /// Returns memory at DS:SI or DS:BX.
    fn memory_at_register(&mut self, width: Width, register: u8) -> Operand {
        self.address = self.address_of(SegmentRegister::Ds, Some(register), None, 0);
        Memory(width)
    }
}
