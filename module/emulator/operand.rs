// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Operand`]: what an instruction reads and writes; [`Width`]: how many bytes that is.
//!
//! Counterpart: `struct operand` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    exceptions::Exception,
    registers::SegmentRegister,
    segmented::SegmentedAddress,
    stop::Stop, //
};

/// How many bytes an operand has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// 8 bits.
    Byte = 1,
    /// 16 bits.
    Word = 2,
    /// 32 bits.
    Dword = 4,
}

impl Width {
    pub(super) fn bytes(self) -> u32 {
        self as u32
    }

    pub(super) fn bits(self) -> u32 {
        8 * self.bytes()
    }

    /// The largest value.
    pub(super) fn mask(self) -> u32 {
        u32::MAX >> (32 - self.bits())
    }

    pub(super) fn truncate(self, value: u32) -> u32 {
        value & self.mask()
    }

    /// The most significant bit.
    pub(super) fn sign(self, value: u32) -> bool {
        value >> (self.bits() - 1) & 1 != 0
    }

    /// The value as a signed one.
    pub(super) fn signed(self, value: u32) -> i32 {
        match self {
            Width::Byte => (value as i8).into(),
            Width::Word => (value as i16).into(),
            Width::Dword => value as i32,
        }
    }

    /// As much of a buffer as a value of this width takes.
    pub(super) fn of(self, buffer: &mut [u8; 4]) -> &mut [u8] {
        match self {
            Width::Byte => &mut buffer[..1],
            Width::Word => &mut buffer[..2],
            Width::Dword => buffer,
        }
    }
}

/// What an instruction reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// There is none.
    None,
    /// A general-purpose register, by its number.
    Register(Width, u8),
    /// A segment register.
    Segment(SegmentRegister),
    /// Memory.
    Memory(Width, SegmentedAddress),
    /// A number.
    Immediate(u32),
    /// An address relative to the next instruction.
    Relative(u32),
    /// A selector and an offset.
    FarPointer(u16, u32),
}

impl Operand {
    /// How wide a register or memory is. Anything else adapts itself to the other operand.
    pub(super) fn width(self) -> Width {
        match self {
            Operand::Register(width, _) | Operand::Memory(width, _) => width,
            _ => Width::Dword,
        }
    }

    /// Where it is in memory. Of instructions that need it there, the form with a register does not
    /// exist.
    pub(super) fn address(self) -> Result<SegmentedAddress, Exception> {
        match self {
            Operand::Memory(_, address) => Ok(address),
            _ => Err(Exception::InvalidOpcode),
        }
    }
}

impl<B: Bus> Context<'_, B> {
    pub(super) fn read_operand(&mut self, operand: Operand) -> Result<u32, Stop<B::Error>> {
        Ok(match operand {
            Operand::None => 0,
            Operand::Register(width, number) => self.cpu.register(width, number),
            Operand::Segment(register) => self.cpu.segment(register).selector.into(),
            Operand::Memory(width, address) => self.segmented_read(address, width)?,
            Operand::Immediate(number) => number,
            Operand::Relative(distance) => (self.cpu.rip as u32).wrapping_add(distance),
            Operand::FarPointer(_, offset) => offset,
        })
    }

    pub(super) fn write_operand(
        &mut self,
        operand: Operand,
        value: u32,
    ) -> Result<(), Stop<B::Error>> {
        match operand {
            Operand::Register(width, number) => self.cpu.set_register(width, number, value),
            Operand::Memory(width, address) => self.segmented_write(address, width, value)?,
            Operand::Segment(register) => {
                self.cpu.load_segment(register, value as u16);
                // So that SP can be loaded before a handler needs the stack.
                if register == SegmentRegister::Ss {
                    self.tf = false;
                }
            }
            // The opcode tables have no such destination.
            _ => (),
        }
        Ok(())
    }

    // ANCHOR: modify
    /// Puts a value of the second operand and the first in the place of the first.
    pub(super) fn modify(
        &mut self,
        destination: Operand,
        source: Operand,
        operation: fn(&mut Cpu, Width, u32, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        let width = destination.width();
        let first = self.read_operand(destination)?;
        let second = width.truncate(self.read_operand(source)?);
        let result = operation(&mut self.cpu, width, first, second);
        self.write_operand(destination, result)
    }
    // ANCHOR_END: modify

    /// The same without a second operand.
    pub(super) fn modify_alone(
        &mut self,
        operand: Operand,
        operation: fn(&mut Cpu, Width, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(operand)?;
        let result = operation(&mut self.cpu, operand.width(), value);
        self.write_operand(operand, result)
    }

    /// [`modify`](Self::modify) without the result: for the flags only.
    pub(super) fn compare(
        &mut self,
        first: Operand,
        second: Operand,
        operation: fn(&mut Cpu, Width, u32, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        let width = first.width();
        let first = self.read_operand(first)?;
        let second = width.truncate(self.read_operand(second)?);
        operation(&mut self.cpu, width, first, second);
        Ok(())
    }

    /// A far pointer: its selector and its offset.
    pub(super) fn far_pointer(&mut self, operand: Operand) -> Result<(u16, u32), Stop<B::Error>> {
        if let Operand::FarPointer(selector, offset) = operand {
            return Ok((selector, offset));
        }
        let address = operand.address()?;
        let mut pointer = [0; 6];
        Ok(match operand.width() {
            Width::Dword => {
                self.segmented_read_bytes(address, &mut pointer)?;
                let [a, b, c, d, e, f] = pointer;
                (u16::from_le_bytes([e, f]), u32::from_le_bytes([a, b, c, d]))
            }
            _ => {
                self.segmented_read_bytes(address, &mut pointer[..4])?;
                let [a, b, c, d, ..] = pointer;
                (u16::from_le_bytes([c, d]), u32::from_le_bytes([a, b, 0, 0]))
            }
        })
    }
}
