// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Context`]: one instruction, from its first byte to its last effect.
//!
//! Counterpart: `struct x86_emulate_ctxt` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::{
    bus::Bus,
    cpu::Cpu,
    decode::Instruction,
    flags::{
        RF,
        TF, //
    },
    registers::SP,
    segmented::SegmentedAddress,
    stop::Stop, //
    width::Width,
};

/// An instruction under way.
pub(super) struct Context<'a, B: Bus> {
    pub(super) cpu: &'a mut Cpu,
    pub(super) bus: &'a mut B,
    pub(super) instruction: &'a Instruction,
    /// Where its operand in memory is.
    pub(super) address: SegmentedAddress,
    /// Whether the single-step trap comes after the instruction: TF as it was before.
    pub(super) tf: bool,
}

impl<'a, B: Bus> Context<'a, B> {
    pub(super) fn new(cpu: &'a mut Cpu, bus: &'a mut B, instruction: &'a Instruction) -> Self {
        Context {
            address: match &instruction.address {
                Some(address) => cpu.effective_address(address),
                None => SegmentedAddress::default(),
            },
            tf: cpu.flag(TF),
            cpu,
            bus,
            instruction,
        }
    }

    // ANCHOR: instruction
    /// Executes the instruction.
    pub(super) fn instruction(&mut self) -> Result<(), Stop<B::Error>> {
        let next = (self.cpu.rip as u32).wrapping_add(self.instruction.length.into());
        if self.instruction.prefixes.lock {
            self.bus.lock();
        }
        self.all_or_nothing(|context| {
            context.cpu.rip = next.into();
            context.cpu.set_flag(RF, false);
            context.execute()
        })
    }
    // ANCHOR_END: instruction

    // ANCHOR: all-or-nothing
    /// Has what fails leave the registers as they were. Before its last access to the bus, nothing
    /// may change other registers than these three.
    pub(super) fn all_or_nothing(
        &mut self,
        attempt: impl FnOnce(&mut Self) -> Result<(), Stop<B::Error>>,
    ) -> Result<(), Stop<B::Error>> {
        const RSP: usize = SP as usize;

        let (rip, rsp, rflags) = (self.cpu.rip, self.cpu.regs[RSP], self.cpu.rflags);
        let result = attempt(self);
        if result.is_err() {
            (self.cpu.rip, self.cpu.regs[RSP], self.cpu.rflags) = (rip, rsp, rflags);
        }
        result
    }
    // ANCHOR_END: all-or-nothing

    /// Goes back, so that the same instruction is executed again.
    pub(super) fn again(&mut self) {
        let start = (self.cpu.rip as u32).wrapping_sub(self.instruction.length.into());
        self.cpu.rip = start.into();
    }

    /// 16 or 32 bits.
    pub(super) fn operand_size(&self) -> Width {
        self.instruction.prefixes.operand_size
    }

    /// 16 or 32 bits.
    pub(super) fn address_size(&self) -> Width {
        self.instruction.prefixes.address_size
    }
}
