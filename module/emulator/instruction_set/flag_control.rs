// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The flags register as a whole.
//!
//! SDM vol. 1, "Flag Control (EFLAG) Instructions".

use super::{
    super::{
        flags::{
            AF,
            CF,
            PF,
            SF,
            ZF, //
        },
        registers::{
            AH,
            AX, //
        }, //
    },
    Bus,
    Cpu,
    Execution,
    Outcome,
    Width::Byte, //
};

/// The flags that `lahf` and `sahf` are about.
const ARITHMETIC: u64 = SF | ZF | AF | PF | CF;
/// What `pushfd` stores as 0: RF and VM.
const NOT_PUSHED: u64 = 3 << 16;

impl<B: Bus> Execution<'_, B> {
    pub(super) fn pushf(&mut self) -> Outcome<B> {
        let flags = self.cpu.rflags & !NOT_PUSHED;
        self.push(self.prefixes.operand_size, flags as u32)
    }

    pub(super) fn popf(&mut self) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let flags = self.pop(size)?;
        self.cpu.load_flags(size, flags);
        Ok(())
    }
}

impl Cpu {
    pub(super) fn lahf(&mut self) {
        self.set_register(Byte, AH, self.rflags as u32);
    }

    pub(super) fn sahf(&mut self) {
        let flags = u64::from(self.register(Byte, AH));
        self.rflags = self.rflags & !ARITHMETIC | flags & ARITHMETIC;
    }

    /// AL becomes all CF. Intel has documented it only lately.
    pub(super) fn salc(&mut self) {
        self.set_register(Byte, AX, if self.flag(CF) { 0xff } else { 0 });
    }
}
