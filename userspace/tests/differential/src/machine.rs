// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Machine`]: a machine that runs programs.

mod interpreter;
mod kvm_device;

use anyhow::Result;
use emulator::Cpu;
use random::Dice;

use crate::exit::Exit;
use crate::memory::Memory;

pub use interpreter::Interpreter;
pub use kvm_device::KvmMachine;

/// A machine with one CPU.
pub trait Machine {
    /// Returns its name.
    fn name(&self) -> &str;

    /// Returns its memory, to prepare before [`start`](Machine::start) and to compare later.
    fn memory(&mut self) -> &mut Memory;

    /// Returns its memory for reading.
    fn memory_bytes(&self) -> &[u8];

    /// Sets all registers, and resets all other state.
    fn start(&mut self, cpu: &Cpu) -> Result<()>;

    /// Runs until an exit, and handles it: `answers` provides the values that the guest reads.
    fn run(&mut self, answers: &mut Dice) -> Result<Exit>;

    /// Returns the general registers, RIP and RFLAGS; the other values are those of the start.
    fn registers(&mut self) -> Result<Cpu>;

    /// Returns all registers of real mode.
    fn cpu(&mut self) -> Result<Cpu>;

    /// Returns the other registers by name, in a mode that has them.
    fn system(&mut self) -> Result<Vec<(String, u64)>> {
        Ok(Vec::new())
    }
}
