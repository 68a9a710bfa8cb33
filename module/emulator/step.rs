// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Cpu::step`]: what the interpreter does when it is called.
//!
//! Counterparts: `x86_decode_insn()` and `x86_emulate_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    exceptions::Exception,
    fetch::FetchCache,
    stop::Stop, //
};

impl Cpu {
    // ANCHOR: step
    /// Executes one instruction; of one that `rep` repeats, one iteration. Its bytes are fetched into
    /// `fetch`, which must be empty.
    pub fn step<B: Bus>(
        &mut self,
        bus: &mut B,
        fetch: &mut FetchCache,
    ) -> Result<(), Stop<B::Error>> {
        let mut context = Context::new(self, bus, fetch);
        context.instruction()?;

        // KVM forgets the single-step trap where it leaves for userspace, but for `hlt`.
        let traps = context.tf && !context.bus.exit_pending();
        *self = context.cpu;
        if traps {
            return Err(Exception::Debug.into());
        }
        Ok(())
    }
    // ANCHOR_END: step
}
