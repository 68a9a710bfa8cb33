// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Execution`]: one instruction, from its first byte to its last effect.

use super::{
    abort::Outcome,
    bus::Bus,
    cpu::Cpu,
    fetch::Code,
    flags::RF,
    instruction_set::Prefixes,
    registers::SegmentRegister::Cs, //
};

/// An instruction under way. What it does to the registers it does to a copy of them.
pub(super) struct Execution<'a, B: Bus> {
    pub(super) cpu: Cpu,
    pub(super) bus: &'a mut B,
    pub(super) code: Code,
    pub(super) prefixes: Prefixes,
    pub(super) then: Then,
}

/// What comes after an instruction that has been completed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The next one; but first the single-step trap, if TF was set before this one.
    Next,
    /// The next one, without the trap.
    NextUntrapped,
    /// Nothing: the processor halts.
    Halt,
}

impl<'a, B: Bus> Execution<'a, B> {
    pub(super) fn new(cpu: &Cpu, bus: &'a mut B) -> Self {
        Execution {
            cpu: cpu.clone(),
            bus,
            code: Code::default(),
            prefixes: Prefixes::none(cpu.segment(Cs).db),
            then: Then::Next,
        }
    }

    // ANCHOR: instruction
    /// Executes the instruction at CS:IP.
    pub(super) fn instruction(&mut self) -> Outcome<B> {
        let instruction = self.decode()?;
        let next = (self.cpu.rip as u32).wrapping_add(self.code.used as u32);
        self.cpu.rip = next.into();
        self.cpu.set_flag(RF, false);
        if self.prefixes.lock {
            self.bus.lock();
        }
        self.execute(&instruction)
    }
    // ANCHOR_END: instruction

    /// Whether the single-step trap comes after the instruction. KVM forgets it where it leaves for
    /// user space.
    pub(super) fn is_trapped(&self) -> bool {
        self.then == Then::Next && !self.bus.is_pending()
    }

    /// Has the instruction executed once more.
    pub(super) fn again(&mut self) {
        let start = (self.cpu.rip as u32).wrapping_sub(self.code.used as u32);
        self.cpu.rip = start.into();
    }
}
