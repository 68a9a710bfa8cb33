// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Cpu::step`]: what the interpreter does when it is called.

use super::{
    abort::Abort,
    bus::Bus,
    context::{
        Execution,
        Then, //
    },
    cpu::{
        Cpu,
        Stop, //
    },
    exceptions::Exception,
    flags::TF, //
};

impl Cpu {
    // ANCHOR: step
    /// Executes one instruction; of one that `rep` repeats, one iteration.
    pub fn step<B: Bus>(&mut self, bus: &mut B) -> Result<(), Stop<B::Stop>> {
        let mut execution = Execution::new(self, bus);
        match execution.instruction() {
            Ok(()) if self.flag(TF) && execution.is_trapped() => {
                let before = execution.cpu.clone();
                execution.deliver(&before, Exception::Debug)?;
            }
            Ok(()) => (),
            Err(Abort::Exception(exception)) => execution.deliver(self, exception)?,
            Err(Abort::Stop(stop)) => return Err(stop),
        }
        // Nothing fails from here on.
        let Execution { cpu, then, .. } = execution;
        *self = cpu;
        match then {
            Then::Halt => Err(Stop::Halt),
            Then::Next | Then::NextUntrapped => Ok(()),
        }
    }
    // ANCHOR_END: step

    /// Delivers #UD, as if the instruction at CS:IP were none.
    ///
    /// For who was given [`Stop::Unimplemented`] and has nothing better to do.
    pub fn raise_invalid_opcode<B: Bus>(&mut self, bus: &mut B) -> Result<(), Stop<B::Stop>> {
        let mut execution = Execution::new(self, bus);
        execution.deliver(self, Exception::InvalidOpcode)?;
        *self = execution.cpu;
        Ok(())
    }
}
