// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Machine`]: what runs programs.

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
    /// What it is called.
    fn name(&self) -> &str;

    /// Its memory, to be prepared before [`start`](Machine::start) and compared after the run.
    fn memory(&mut self) -> &mut Memory;

    /// The same, to be read.
    fn memory_bytes(&self) -> &[u8];

    /// Sets all registers, and forgets what was before.
    fn start(&mut self, cpu: &Cpu) -> Result<()>;

    /// Runs until there is something to do outside, and does that: `answers` is what is read.
    fn run(&mut self, answers: &mut Dice) -> Result<Exit>;

    /// The general registers, RIP and RFLAGS; the rest of the answer is as it was at the start.
    fn registers(&mut self) -> Result<Cpu>;

    /// All registers that real mode has.
    fn cpu(&mut self) -> Result<Cpu>;

    /// The others, by name, in a mode that has them.
    fn system(&mut self) -> Result<Vec<(String, u64)>> {
        Ok(Vec::new())
    }
}
