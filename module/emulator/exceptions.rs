// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Interrupts and exceptions, through the interrupt vector table of real mode.
//!
//! SDM vol. 3, "8086 Emulation"; what comes of an exception on top of another: "Interrupt 8—Double
//! Fault Exception".

use super::{
    abort::{
        Abort,
        Outcome, //
    },
    bus::Bus,
    context::Execution,
    cpu::{
        Cpu,
        Stop, //
    },
    flags::{
        AC,
        IF,
        RF,
        TF, //
    },
    registers::SegmentRegister::Cs,
    width::Width::Word, //
};

/// The exceptions of real mode and their vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exception {
    /// `#DE`: a quotient that does not fit.
    DivideError = 0,
    /// `#DB`: an instruction has been executed with TF set.
    Debug = 1,
    /// `#BR`: `bound` found its index out of range.
    BoundRangeExceeded = 5,
    /// `#UD`: no such instruction.
    InvalidOpcode = 6,
    /// `#NM`: `wait` for a floating-point unit that belongs to another task.
    DeviceNotAvailable = 7,
    /// `#DF`: an exception while another was being delivered.
    DoubleFault = 8,
    /// `#SS`: beyond the limit of the stack segment.
    StackFault = 12,
    /// `#GP`: beyond the limit of another segment, or of the interrupt vector table.
    GeneralProtection = 13,
}

use Exception::*;

impl Exception {
    /// What is delivered when this exception has led to another; nothing where the processor
    /// gives up.
    fn and_then(self, second: Exception) -> Option<Exception> {
        match (self, second) {
            (DoubleFault, _) => None,
            (DivideError | StackFault | GeneralProtection, StackFault | GeneralProtection) => {
                Some(DoubleFault)
            }
            _ => Some(second),
        }
    }
}

impl<B: Bus> Execution<'_, B> {
    /// Calls the handler of an exception, with the registers as they are in `before`.
    pub(super) fn deliver(
        &mut self,
        before: &Cpu,
        mut exception: Exception,
    ) -> Result<(), Stop<B::Stop>> {
        loop {
            self.cpu.clone_from(before);
            exception = match self.interrupt(exception as u8) {
                Ok(()) => return Ok(()),
                Err(Abort::Stop(stop)) => return Err(stop),
                Err(Abort::Exception(second)) => {
                    exception.and_then(second).ok_or(Stop::Shutdown)?
                }
            };
        }
    }

    /// Calls the handler of a vector: pushes FLAGS, CS and IP, and goes where the table says.
    pub(super) fn interrupt(&mut self, vector: u8) -> Outcome<B> {
        let entry = u32::from(vector) * 4;
        if entry + 3 > u32::from(self.cpu.idt.limit) {
            return Err(GeneralProtection.into());
        }
        let entry = self.cpu.idt.base.wrapping_add(entry);
        let offset = self.load_linear(entry, Word)?;
        let selector = self.load_linear(entry.wrapping_add(2), Word)? as u16;

        self.push(Word, self.cpu.rflags as u32)?;
        self.push(Word, self.cpu.segment(Cs).selector.into())?;
        self.push(Word, self.cpu.rip as u32)?;
        self.cpu.rflags &= !(IF | TF | AC | RF);
        Ok(self.cpu.jump_far(selector, offset)?)
    }
}
