// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Cpu::step`]: what the interpreter does when it is called.
//!
//! Counterparts: `x86_decode_insn()` and `x86_emulate_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    decode_cache::DecodeCache,
    exceptions::Exception,
    stop::Stop, //
};

impl Cpu {
    // ANCHOR: run
    /// Executes an instruction, and those after it for as long as the bus has nothing else to do.
    pub fn run<B: Bus>(
        &mut self,
        bus: &mut B,
        cache: &mut DecodeCache,
    ) -> Result<(), Stop<B::Error>> {
        loop {
            self.step(bus, cache)?;
            if !bus.next_instruction() {
                return Ok(());
            }
        }
    }
    // ANCHOR_END: run

    // ANCHOR: step
    /// Executes one instruction; of one that `rep` repeats, one iteration.
    pub fn step<B: Bus>(
        &mut self,
        bus: &mut B,
        cache: &mut DecodeCache,
    ) -> Result<(), Stop<B::Error>> {
        let instruction = cache.decode(self, bus)?;
        let mut context = Context::new(self, bus, instruction);
        context.instruction()?;

        // KVM forgets the single-step trap where it leaves for userspace, but for `hlt`.
        if context.tf && !context.bus.exit_pending() {
            return Err(Exception::Debug.into());
        }
        Ok(())
    }
    // ANCHOR_END: step
}
