// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Operand`]: what an instruction reads and writes.

use super::{
    abort::Outcome,
    bus::Bus,
    context::{
        Execution,
        Then, //
    },
    cpu::Cpu,
    exceptions::Exception,
    registers::SegmentRegister,
    segmented::Address,
    width::Width, //
};

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
    Memory(Width, Address),
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
    pub(super) fn address(self) -> Result<Address, Exception> {
        match self {
            Operand::Memory(_, address) => Ok(address),
            _ => Err(Exception::InvalidOpcode),
        }
    }
}

impl<B: Bus> Execution<'_, B> {
    pub(super) fn read(&mut self, operand: Operand) -> Outcome<B, u32> {
        Ok(match operand {
            Operand::None => 0,
            Operand::Register(width, number) => self.cpu.register(width, number),
            Operand::Segment(register) => self.cpu.segment(register).selector.into(),
            Operand::Memory(width, address) => self.load(address, width)?,
            Operand::Immediate(number) => number,
            Operand::Relative(distance) => (self.cpu.rip as u32).wrapping_add(distance),
            Operand::FarPointer(_, offset) => offset,
        })
    }

    pub(super) fn write(&mut self, operand: Operand, value: u32) -> Outcome<B> {
        match operand {
            Operand::Register(width, number) => self.cpu.set_register(width, number, value),
            Operand::Memory(width, address) => self.store(address, width, value)?,
            Operand::Segment(register) => {
                self.cpu.load_segment(register, value as u16);
                // So that SP can be loaded before a handler needs the stack.
                if register == SegmentRegister::Ss {
                    self.then = Then::NextUntrapped;
                }
            }
            // The opcode maps have no such destination.
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
    ) -> Outcome<B> {
        let width = destination.width();
        let first = self.read(destination)?;
        let second = width.truncate(self.read(source)?);
        let result = operation(&mut self.cpu, width, first, second);
        self.write(destination, result)
    }
    // ANCHOR_END: modify

    /// The same without a second operand.
    pub(super) fn modify_alone(
        &mut self,
        operand: Operand,
        operation: fn(&mut Cpu, Width, u32) -> u32,
    ) -> Outcome<B> {
        let value = self.read(operand)?;
        let result = operation(&mut self.cpu, operand.width(), value);
        self.write(operand, result)
    }

    /// [`modify`](Self::modify) without the result: for the flags only.
    pub(super) fn compare(
        &mut self,
        first: Operand,
        second: Operand,
        operation: fn(&mut Cpu, Width, u32, u32) -> u32,
    ) -> Outcome<B> {
        let width = first.width();
        let first = self.read(first)?;
        let second = width.truncate(self.read(second)?);
        operation(&mut self.cpu, width, first, second);
        Ok(())
    }

    /// A far pointer: its selector and its offset.
    pub(super) fn far_pointer(&mut self, operand: Operand) -> Outcome<B, (u16, u32)> {
        if let Operand::FarPointer(selector, offset) = operand {
            return Ok((selector, offset));
        }
        let address = operand.address()?;
        let mut pointer = [0; 6];
        Ok(match operand.width() {
            Width::Dword => {
                self.load_bytes(address, &mut pointer)?;
                let [a, b, c, d, e, f] = pointer;
                (u16::from_le_bytes([e, f]), u32::from_le_bytes([a, b, c, d]))
            }
            _ => {
                self.load_bytes(address, &mut pointer[..4])?;
                let [a, b, c, d, ..] = pointer;
                (u16::from_le_bytes([c, d]), u32::from_le_bytes([a, b, 0, 0]))
            }
        })
    }
}
