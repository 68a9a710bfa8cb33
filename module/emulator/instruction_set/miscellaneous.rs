// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! What fits nowhere else.
//!
//! SDM vol. 1, "Miscellaneous Instructions".

use super::{
    super::registers::{
        AX,
        BX,
        CX,
        DX, //
    },
    Bus,
    Execution,
    Operand,
    Outcome,
    Width::Dword, //
};

impl<B: Bus> Execution<'_, B> {
    /// Takes the address for a number and does not go there.
    pub(super) fn lea(&mut self, destination: Operand, memory: Operand) -> Outcome<B> {
        self.write(destination, memory.address()?.offset)
    }

    pub(super) fn cpuid(&mut self) {
        let leaf = self.cpu.register(Dword, AX);
        let subleaf = self.cpu.register(Dword, CX);
        let [eax, ebx, ecx, edx] = self.bus.cpuid(leaf, subleaf);
        self.cpu.set_register(Dword, AX, eax);
        self.cpu.set_register(Dword, BX, ebx);
        self.cpu.set_register(Dword, CX, ecx);
        self.cpu.set_register(Dword, DX, edx);
    }
}
