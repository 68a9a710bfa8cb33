// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Context`]: the execution of one instruction.
//!
//! Counterpart: `struct x86_emulate_ctxt` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::{
    bus::Bus,
    cpu::Cpu,
    decode::Instruction,
    flags::RF,
    registers::SP,
    segmented::SegmentedAddress,
    stop::Stop, //
};

/// An instruction in progress.
pub(super) struct Context<'a, B: Bus> {
    pub(super) cpu: &'a mut Cpu,
    bus: &'a mut B,
    /// Whether the next instruction must be fetched, even if its bytes have been fetched: the bus
    /// was used, or CS was loaded.
    pub(super) fetch_next: bool,
    pub(super) instruction: &'a Instruction,
    /// The address of its memory operand, once it has been computed.
    pub(super) address: Option<SegmentedAddress>,
    /// Whether the instruction suppresses the single-step trap.
    pub(super) no_trap: bool,
}

impl<'a, B: Bus> Context<'a, B> {
    pub(super) fn new(cpu: &'a mut Cpu, bus: &'a mut B, instruction: &'a Instruction) -> Self {
        Context {
            address: None,
            no_trap: false,
            cpu,
            bus,
            fetch_next: false,
            instruction,
        }
    }

    pub(super) fn bus(&mut self) -> &mut B {
        self.fetch_next = true;
        self.bus
    }

    // ANCHOR: instruction
    /// Executes the instruction.
    pub(super) fn instruction(&mut self) -> Result<(), Stop<B::Error>> {
        let next = (self.cpu.rip as u32).wrapping_add(self.instruction.length.into());
        self.all_or_nothing(|context| {
            context.cpu.rip = next.into();
            context.cpu.set_flag(RF, false);
            context.execute()
        })
    }
    // ANCHOR_END: instruction

    // ANCHOR: all-or-nothing
    /// Restores the registers if `attempt` fails. Before its last access to the bus, `attempt` must
    /// not change any registers but these three.
    pub(super) fn all_or_nothing(
        &mut self,
        attempt: impl FnOnce(&mut Self) -> Result<(), Stop<B::Error>>,
    ) -> Result<(), Stop<B::Error>> {
        const RSP: usize = SP as usize;

        let (rip, rsp, rflags) = (self.cpu.rip, self.cpu.regs[RSP], self.cpu.rflags);
        match attempt(self) {
            Ok(()) => Ok(()),
            Err(stop) => {
                (self.cpu.rip, self.cpu.regs[RSP], self.cpu.rflags) = (rip, rsp, rflags);
                Err(stop)
            }
        }
    }
    // ANCHOR_END: all-or-nothing

    /// Moves RIP back, so that the same instruction is executed again.
    pub(super) fn again(&mut self) {
        let start = (self.cpu.rip as u32).wrapping_sub(self.instruction.length.into());
        self.cpu.rip = start.into();
    }
}
