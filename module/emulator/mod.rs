// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! An interpreter of real-mode x86.
//!
//! Counterpart: [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

mod bus;
mod cpu;

pub use bus::Bus;
pub use cpu::{Cpu, DescriptorTable, Segment, Stop};

impl Cpu {
    /// Executes one instruction; of one that `rep` repeats, one iteration.
    pub fn step<B: Bus>(&mut self, bus: &mut B) -> Result<(), Stop<B::Stop>> {
        let _ = bus;
        Err(Stop::Unimplemented([0; 15], 0))
    }

    /// Delivers an exception.
    pub fn raise<B: Bus>(&mut self, vector: u8, bus: &mut B) -> Result<(), Stop<B::Stop>> {
        let _ = (vector, bus);
        Ok(())
    }
}
