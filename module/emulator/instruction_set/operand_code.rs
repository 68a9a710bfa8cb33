// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! From the letters of the opcode maps to the operands of an instruction.

use super::{
    super::{
        abort::Outcome,
        bus::Bus,
        context::Execution,
        exceptions::Exception::InvalidOpcode,
        operand::Operand::{
            self,
            FarPointer,
            Immediate,
            Memory,
            Register,
            Relative,
            Segment, //
        },
        registers::{
            SegmentRegister,
            AX,
            BX,
            CX,
            DI,
            DX,
            SI, //
        },
        segmented::Address,
        width::Width::{
            self,
            Byte,
            Word, //
        }, //
    },
    ModRm,
    OperandCode::{
        self,
        *, //
    }, //
};

/// Where in an instruction its operands are.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The last byte of the opcode.
    pub(crate) opcode: u8,
    /// The byte that follows it, if one of the operands needs it.
    pub(crate) modrm: ModRm,
    /// How much the instruction takes from the stack before it uses the address.
    pub(crate) popped: u32,
}

impl<B: Bus> Execution<'_, B> {
    /// The operand that a code stands for. Takes its bytes, if it has any, out of the instruction.
    pub(crate) fn operand(&mut self, code: OperandCode, place: Place) -> Outcome<B, Operand> {
        let modrm = place.modrm;
        let (operand_size, address_size) = (self.prefixes.operand_size, self.prefixes.address_size);
        Ok(match code {
            Eb => self.register_or_memory(place, Byte, Byte)?,
            Ew => self.register_or_memory(place, Word, Word)?,
            Ev | M | Ma | Mp => self.register_or_memory(place, operand_size, operand_size)?,
            RvMw => self.register_or_memory(place, operand_size, Word)?,
            Gb => Register(Byte, modrm.reg),
            Gv => Register(operand_size, modrm.reg),
            Sw => Segment(SegmentRegister::from_number(modrm.reg).ok_or(InvalidOpcode)?),
            Zb => Register(Byte, place.opcode & 7),
            Zv => Register(operand_size, place.opcode & 7),
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
            Ob => Memory(Byte, self.memory_offset()?),
            Ov => Memory(operand_size, self.memory_offset()?),
            Xb => Memory(Byte, self.string_source()),
            Xv => Memory(operand_size, self.string_source()),
            Yb => Memory(Byte, self.string_destination()),
            Yv => Memory(operand_size, self.string_destination()),
            BxAl => {
                let table = self.cpu.register(address_size, BX);
                let index = self.cpu.register(Byte, AX);
                let offset = table.wrapping_add(index);
                Memory(Byte, self.address(SegmentRegister::Ds, offset))
            }
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

    /// What ModRM addresses, of one width if it is a register and of another if it is memory.
    fn register_or_memory(
        &mut self,
        place: Place,
        register: Width,
        memory: Width,
    ) -> Outcome<B, Operand> {
        let modrm = place.modrm;
        Ok(if modrm.is_memory() {
            Memory(memory, self.effective_address(modrm, place.popped)?)
        } else {
            Register(register, modrm.rm)
        })
    }

    /// The address that is an offset in the instruction.
    fn memory_offset(&mut self) -> Outcome<B, Address> {
        let offset = self.next_number(self.prefixes.address_size)?;
        Ok(self.address(SegmentRegister::Ds, offset))
    }

    fn string_source(&self) -> Address {
        let offset = self.cpu.register(self.prefixes.address_size, SI);
        self.address(SegmentRegister::Ds, offset)
    }

    /// A prefix does not change its segment.
    fn string_destination(&self) -> Address {
        Address {
            segment: SegmentRegister::Es,
            offset: self.cpu.register(self.prefixes.address_size, DI),
        }
    }
}
