// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Moves, exchanges and conversions; the stack; far pointers and addresses.
//!
//! SDM vol. 1, "Data Transfer Instructions", "ENTER and LEAVE Instructions" and "Segment Register
//! Instructions".
//!
//! Counterparts: `em_mov()`, `em_push()`, `em_enter()`, `em_lseg()` and the like in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        registers::{
            SegmentRegister::{
                self,
                Ss, //
            },
            AX,
            BP,
            DI,
            DX,
            SP, //
        },
        segmented::SegmentedAddress, //
    },
    Bus,
    Context,
    Cpu,
    Operand,
    Stop,
    Width, //
};

// Moves, exchanges and conversions.

impl<B: Bus> Context<'_, B> {
    /// `mov`, and instructions that differ from it only in their operands.
    #[inline(always)]
    pub(super) fn mov(
        &mut self,
        destination: Operand,
        source: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(source)?;
        self.write_operand(destination, value)
    }

    pub(super) fn movsx(
        &mut self,
        destination: Operand,
        source: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(source)?;
        self.write_operand(destination, source.width().signed(value) as u32)
    }

    /// Always reads the source and writes the destination: with 32 bits, the upper half of the
    /// register is cleared even if the condition does not hold.
    pub(super) fn cmovcc(
        &mut self,
        code: u8,
        first: Operand,
        second: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(second)?;
        let value = match self.cpu.condition(code) {
            true => value,
            false => self.read_operand(first)?,
        };
        self.write_operand(first, value)
    }

    /// With a memory operand it is atomic, even without `lock`.
    pub(super) fn xchg(&mut self, first: Operand, second: Operand) -> Result<(), Stop<B::Error>> {
        if let Operand::Memory(_) = first {
            self.bus().lock();
        }
        let (a, b) = (self.read_operand(first)?, self.read_operand(second)?);
        self.write_operand(first, b)?;
        self.write_operand(second, a)
    }

    pub(super) fn xadd(&mut self, first: Operand, second: Operand) -> Result<(), Stop<B::Error>> {
        let (a, b) = (self.read_operand(first)?, self.read_operand(second)?);
        let sum = self.cpu.add(first.width(), a, b);
        self.write_operand(first, sum)?;
        if second != first {
            self.write_operand(second, a)?;
        }
        Ok(())
    }

    /// If the accumulator equals the first operand, stores the second operand in the first; if not,
    /// loads the first into the accumulator. Memory is written in both cases.
    pub(super) fn cmpxchg(
        &mut self,
        first: Operand,
        second: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let width = first.width();
        let accumulator = self.cpu.register(width, AX);
        let (value, new) = (self.read_operand(first)?, self.read_operand(second)?);
        self.cpu.sub(width, accumulator, value);
        if accumulator == value {
            self.write_operand(first, new)
        } else {
            self.write_operand(first, value)?;
            self.write_operand(Operand::Register(width, AX), value)
        }
    }
}

impl Cpu {
    /// Reverses the bytes of a register. With 16 bits, the result is undefined; CPUs return 0.
    pub(super) fn bswap(&mut self, width: Width, value: u32) -> u32 {
        match width {
            Width::Dword => value.swap_bytes(),
            _ => 0,
        }
    }

    /// `cbw` and `cwde`: sign-extends the accumulator to this width.
    pub(super) fn cbw(&mut self, width: Width) {
        let half = match width {
            Width::Dword => Width::Word,
            _ => Width::Byte,
        };
        let value = half.signed(self.register(half, AX));
        self.set_register(width, AX, value as u32);
    }

    /// `cwd` and `cdq`: fills DX or EDX with the sign of the accumulator.
    pub(super) fn cwd(&mut self, width: Width) {
        let negative = width.sign(self.register(width, AX));
        self.set_register(width, DX, if negative { u32::MAX } else { 0 });
    }
}

// The stack.

impl<B: Bus> Context<'_, B> {
    pub(super) fn push_operand(&mut self, source: Operand) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(source)?;
        self.push(self.operand_size(), value)
    }

    pub(super) fn pop_operand(&mut self, destination: Operand) -> Result<(), Stop<B::Error>> {
        if let Operand::Memory(_) = destination {
            // Compute it before the pop: the decoder has already added the popped bytes to ESP.
            self.memory();
        }
        let size = self.operand_size();
        let value = match destination {
            // A 32-bit pop does not even read the upper 16 bits.
            Operand::Segment(_) => {
                let selector = self.segmented_read(self.cpu.stack_top(), Width::Word)?;
                self.cpu.move_stack_pointer(size.bytes() as i32);
                selector
            }
            _ => self.pop(size)?,
        };
        self.write_operand(destination, value)
    }

    /// Pushes the value that SP had before.
    pub(super) fn pusha(&mut self) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let stack_pointer = self.cpu.register(size, SP);
        for number in AX..=DI {
            let value = match number {
                SP => stack_pointer,
                _ => self.cpu.register(size, number),
            };
            self.push(size, value)?;
        }
        Ok(())
    }

    /// Skips the value for SP.
    pub(super) fn popa(&mut self) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let mut values = [0; 8];
        for (number, value) in values.iter_mut().enumerate().rev() {
            if number == usize::from(SP) {
                self.cpu.move_stack_pointer(size.bytes() as i32);
            } else {
                *value = self.pop(size)?;
            }
        }
        for (number, value) in (AX..=DI).zip(values) {
            if number != SP {
                self.cpu.set_register(size, number, value);
            }
        }
        Ok(())
    }
}

// Stack frames of procedures.

impl<B: Bus> Context<'_, B> {
    /// Creates a stack frame. If `level` is not 0, the frame contains pointers to the frames of the
    /// enclosing procedures.
    pub(super) fn enter(&mut self, locals: Operand, level: Operand) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let stack_width = self.cpu.stack_width();
        let (locals, level) = (self.read_operand(locals)?, self.read_operand(level)? & 31);

        self.push(size, self.cpu.register(size, BP))?;
        let frame = self.cpu.register(size, SP);
        for above in 1..level {
            let base = self.cpu.register(stack_width, BP);
            let offset = base.wrapping_sub(above * size.bytes());
            let address = SegmentedAddress {
                segment: Ss,
                offset: stack_width.truncate(offset),
            };
            let pointer = self.segmented_read(address, size)?;
            self.push(size, pointer)?;
        }
        if level > 0 {
            self.push(size, frame)?;
        }
        self.cpu.set_register(size, BP, frame);
        self.cpu.move_stack_pointer(-(locals as i32));
        Ok(())
    }

    pub(super) fn leave(&mut self) -> Result<(), Stop<B::Error>> {
        let (size, stack_width) = (self.operand_size(), self.cpu.stack_width());
        let frame = self.cpu.register(stack_width, BP);
        self.cpu.set_register(stack_width, SP, frame);
        let enclosing = self.pop(size)?;
        self.cpu.set_register(size, BP, enclosing);
        Ok(())
    }
}

// Far pointers, and addresses as numbers.

impl<B: Bus> Context<'_, B> {
    /// Returns the selector and the offset of a far pointer.
    pub(super) fn far_pointer(&mut self, operand: Operand) -> Result<(u16, u32), Stop<B::Error>> {
        if let Operand::FarPointer(selector, offset) = operand {
            return Ok((selector, offset));
        }
        let address = self.place(operand)?;
        Ok(match operand.width() {
            Width::Dword => {
                let [a, b, c, d, e, f] = self.segmented_read_bytes(address)?;
                (u16::from_le_bytes([e, f]), u32::from_le_bytes([a, b, c, d]))
            }
            _ => {
                let [a, b, c, d] = self.segmented_read_bytes(address)?;
                (u16::from_le_bytes([c, d]), u32::from_le_bytes([a, b, 0, 0]))
            }
        })
    }

    /// `lds`, `les`, `lfs`, `lgs` and `lss`.
    pub(super) fn load_pointer(
        &mut self,
        segment: SegmentRegister,
        destination: Operand,
        pointer: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let (selector, offset) = self.far_pointer(pointer)?;
        self.cpu.load_segment(segment, selector);
        self.write_operand(destination, offset)
    }

    /// Moves byte number AL of the table in memory.
    pub(super) fn xlat(
        &mut self,
        destination: Operand,
        table: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let index = self.cpu.register(Width::Byte, AX);
        self.move_memory(index as i32);
        self.mov(destination, table)
    }

    /// Stores the address itself; does not access memory.
    pub(super) fn lea(
        &mut self,
        destination: Operand,
        memory: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let offset = self.place(memory)?.offset;
        self.write_operand(destination, offset)
    }
}
