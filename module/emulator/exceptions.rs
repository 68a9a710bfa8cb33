// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Interrupts and exceptions, through the interrupt vector table of real mode.
//!
//! Counterparts: `kvm_multiple_exception()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c),
//! `emulate_int_real()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c); SDM vol. 3,
//! "8086 Emulation"; for an exception during the delivery of another: "Interrupt 8—Double Fault
//! Exception".

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    decode::Instruction,
    flags::{
        AC,
        IF,
        RF,
        TF, //
    },
    registers::SegmentRegister::Cs,
    stop::Stop,
    width::Width::Word, //
};

/// The exceptions of real mode and their vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
// As wide as an errno: so the result of an instruction fits into two registers, and is not packed.
#[repr(i32)]
pub enum Exception {
    /// `#DE`: a quotient that does not fit.
    DivideError = 0,
    /// `#DB`: a trap after an instruction that was executed with TF set, or a fault before an
    /// instruction that has a breakpoint. Most other exceptions are faults.
    Debug = 1,
    /// `#BP`: `int3`. Only userspace raises it: the instruction itself calls the handler.
    Breakpoint = 3,
    /// `#BR`: the index of `bound` is out of range.
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
    /// Returns whether RF is set for its handler to restore: not for traps and aborts. Counterpart:
    /// `exception_type()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
    pub fn is_fault(self) -> bool {
        !matches!(self, Debug | Breakpoint | DoubleFault)
    }

    /// Returns the exception with this vector, if real mode has it.
    pub fn from_vector(vector: u8) -> Option<Exception> {
        Some(match vector {
            0 => DivideError,
            1 => Debug,
            3 => Breakpoint,
            5 => BoundRangeExceeded,
            6 => InvalidOpcode,
            7 => DeviceNotAvailable,
            8 => DoubleFault,
            12 => StackFault,
            13 => GeneralProtection,
            _ => return None,
        })
    }

    /// Returns the exception to deliver if this one raised another; `None` for a triple fault.
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

impl Cpu {
    /// Calls the handler of an exception. If that raises another exception, calls the handler of
    /// that one, or of a double fault.
    pub fn inject_exception<B: Bus>(
        &mut self,
        bus: &mut B,
        mut exception: Exception,
    ) -> Result<(), Stop<B::Error>> {
        loop {
            let mut context = Context::new(self, bus, &Instruction::NONE);
            match context.all_or_nothing(|context| context.emulate_int_real(exception as u8)) {
                Err(Stop::Exception(second)) => {
                    exception = exception.and_then(second).ok_or(Stop::Shutdown)?;
                }
                result => return result,
            }
        }
    }
}

impl Cpu {
    /// Calls the handler of an interrupt or an NMI. If that raises an exception, calls the handler
    /// of that exception.
    pub fn inject_interrupt<B: Bus>(
        &mut self,
        bus: &mut B,
        vector: u8,
    ) -> Result<(), Stop<B::Error>> {
        let mut context = Context::new(self, bus, &Instruction::NONE);
        match context.all_or_nothing(|context| context.emulate_int_real(vector)) {
            Err(Stop::Exception(exception)) => self.inject_exception(bus, exception),
            result => result,
        }
    }
}

impl<B: Bus> Context<'_, B> {
    /// Calls the handler of a vector: pushes FLAGS, CS and IP, and jumps to the entry's address.
    pub(super) fn emulate_int_real(&mut self, vector: u8) -> Result<(), Stop<B::Error>> {
        let entry = u32::from(vector) * 4;
        if entry + 3 > u32::from(self.cpu.idt.limit) {
            return Err(GeneralProtection.into());
        }
        let entry = self.cpu.idt.base.wrapping_add(entry);
        let offset = u16::from_le_bytes(self.linear_read(entry)?);
        let selector = u16::from_le_bytes(self.linear_read(entry.wrapping_add(2))?);

        self.push(Word, self.cpu.rflags as u32)?;
        self.push(Word, self.cpu.segment(Cs).selector.into())?;
        self.push(Word, self.cpu.rip as u32)?;
        self.cpu.rflags &= !(IF | TF | AC | RF);
        Ok(self.cpu.jump_far(selector, offset.into())?)
    }
}
