// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Cpu::run`]: the entry point of the interpreter.
//!
//! Counterparts: `x86_decode_insn()` and `x86_emulate_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    decode::Instruction,
    decode_cache::DecodeCache,
    exceptions::Exception,
    flags::TF,
    stop::Stop, //
};

impl Cpu {
    // ANCHOR: run
    /// Executes one instruction; unless `alone` is set, continues as long as the bus allows. With
    /// `rep`, one iteration counts as an instruction.
    ///
    /// Instructions that were fetched together are executed together, up to the first that uses the
    /// bus: until then, the guest cannot notice that its code was written meanwhile.
    pub fn run<B: Bus>(
        &mut self,
        bus: &mut B,
        cache: &mut DecodeCache,
        alone: bool,
    ) -> Result<(), Stop<B::Error>> {
        cache.begin(self, alone);
        loop {
            let mut fetch_next = false;
            let mut next = Some(cache.decode(self, bus)?);
            while let Some(instruction) = next {
                fetch_next = self.execute(bus, instruction)?;
                next = match fetch_next {
                    true => None,
                    false => cache.next(self),
                };
            }
            if alone || !bus.next_instruction(fetch_next) {
                return Ok(());
            }
        }
    }
    // ANCHOR_END: run

    // ANCHOR: execute
    /// Executes an instruction. Returns whether the next one must be fetched, even if it has been.
    #[inline]
    fn execute<B: Bus>(
        &mut self,
        bus: &mut B,
        instruction: &Instruction,
    ) -> Result<bool, Stop<B::Error>> {
        let traps = self.flag(TF);
        let mut context = Context::new(self, bus, instruction);
        context.instruction()?;

        // KVM drops the single-step trap when it exits to userspace, except for `hlt`.
        if traps && !context.no_trap && !context.bus().exit_pending() {
            return Err(Exception::Debug.into());
        }
        Ok(context.fetch_next)
    }
    // ANCHOR_END: execute
}
