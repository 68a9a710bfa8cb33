// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Operand`]: what an instruction reads and writes.
//!
//! Counterpart: `struct operand` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::{
    bus::Bus,
    context::Context,
    exceptions::Exception,
    registers::SegmentRegister,
    segmented::SegmentedAddress,
    stop::Stop,
    width::Width, //
};

/// What an instruction reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// No operand.
    None,
    /// A general-purpose register, by its number.
    Register(Width, u8),
    /// A segment register.
    Segment(SegmentRegister),
    /// Memory, at the instruction's address.
    Memory(Width),
    /// Memory at ES:DI, of string instructions.
    StringDestination(Width),
    /// A constant.
    Immediate(u32),
    /// An address relative to the next instruction.
    Relative(u32),
    /// A selector and an offset.
    FarPointer(u16, u32),
}

impl Operand {
    /// Returns the width of a register or memory. Other operands adapt to the register or memory.
    pub(super) fn width(self) -> Width {
        match self {
            Operand::Register(width, _) => width,
            Operand::Memory(width) | Operand::StringDestination(width) => width,
            _ => Width::Dword,
        }
    }
}

impl<B: Bus> Context<'_, B> {
    /// Returns the location of an operand in memory. Instructions that need a location have no form
    /// with a register.
    pub(super) fn place(&mut self, operand: Operand) -> Result<SegmentedAddress, Exception> {
        match operand {
            Operand::Memory(_) => Ok(self.memory()),
            Operand::StringDestination(_) => Ok(self.string_destination()),
            _ => Err(Exception::InvalidOpcode),
        }
    }

    #[inline(always)]
    pub(super) fn read_operand(&mut self, operand: Operand) -> Result<u32, Stop<B::Error>> {
        Ok(match operand {
            Operand::None => 0,
            Operand::Register(width, number) => self.cpu.register(width, number),
            Operand::Segment(register) => self.cpu.segment(register).selector.into(),
            Operand::Memory(width) => return self.read_memory(width),
            Operand::StringDestination(width) => {
                return self.segmented_read(self.string_destination(), width)
            }
            Operand::Immediate(number) => number,
            Operand::Relative(distance) => (self.cpu.rip as u32).wrapping_add(distance),
            Operand::FarPointer(_, offset) => offset,
        })
    }

    #[inline(always)]
    pub(super) fn write_operand(
        &mut self,
        operand: Operand,
        value: u32,
    ) -> Result<(), Stop<B::Error>> {
        match operand {
            Operand::Register(width, number) => self.cpu.set_register(width, number, value),
            Operand::Memory(width) => return self.write_memory(width, value),
            Operand::StringDestination(width) => {
                return self.segmented_write(self.string_destination(), width, value)
            }
            Operand::Segment(register) => {
                self.cpu.load_segment(register, value as u16);
                // So that the guest can load SP before a handler needs the stack.
                if register == SegmentRegister::Ss {
                    self.no_trap = true;
                    self.bus().set_interrupt_shadow();
                }
            }
            // The opcode tables have no such destination.
            _ => (),
        }
        Ok(())
    }
}
