// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Context`]: one instruction, from its first byte to its last effect.
//!
//! Counterpart: `struct x86_emulate_ctxt` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::{
    bus::Bus,
    cpu::Cpu,
    fetch::FetchCache,
    flags::{
        RF,
        TF, //
    },
    instruction_set::{
        ModRm,
        Prefixes, //
    },
    registers::SegmentRegister::Cs,
    stop::Stop, //
};

/// An instruction under way. It works on a copy of the registers.
pub(super) struct Context<'a, B: Bus> {
    pub(super) cpu: Cpu,
    pub(super) bus: &'a mut B,
    pub(super) fetch: &'a mut FetchCache,
    pub(super) prefixes: Prefixes,
    /// The last byte of the opcode. It may contain the number of a register or of a condition.
    pub(super) opcode: u8,
    /// The byte that follows the opcode, if the instruction has one.
    pub(super) modrm: ModRm,
    /// How much the instruction adds to the stack pointer before it uses an address.
    pub(super) inc_sp: u32,
    /// Whether the single-step trap comes after the instruction: TF as it was before.
    pub(super) tf: bool,
}

impl<'a, B: Bus> Context<'a, B> {
    pub(super) fn new(cpu: &Cpu, bus: &'a mut B, fetch: &'a mut FetchCache) -> Self {
        Context {
            cpu: cpu.clone(),
            bus,
            fetch,
            prefixes: Prefixes::none(cpu.segment(Cs).db),
            opcode: 0,
            modrm: ModRm::default(),
            inc_sp: 0,
            tf: cpu.flag(TF),
        }
    }

    // ANCHOR: instruction
    /// Executes the instruction at CS:IP.
    pub(super) fn instruction(&mut self) -> Result<(), Stop<B::Error>> {
        let instruction = self.decode()?;
        let next = (self.cpu.rip as u32).wrapping_add(self.fetch.position as u32);
        self.cpu.rip = next.into();
        self.cpu.set_flag(RF, false);
        if self.prefixes.lock {
            self.bus.lock();
        }
        self.execute(&instruction)
    }
    // ANCHOR_END: instruction

    /// Goes back, so that the same instruction is executed again.
    pub(super) fn again(&mut self) {
        let start = (self.cpu.rip as u32).wrapping_sub(self.fetch.position as u32);
        self.cpu.rip = start.into();
    }
}
