// SPDX-License-Identifier: MIT OR Apache-2.0

//! Control and debug registers, MSRs and segments.

use anyhow::Result;
use iced_x86::{Code, Instruction, Register};

use super::Flat;
use super::addresses::Target;
use crate::flat::{MSRS, SELECTORS};
use crate::generator::instructions::SELECTORS as SELECTOR_INSTRUCTIONS;
use crate::mode::Mode;
use Register::{EAX, ECX, EDX};

/// EFER, PAT, and the bases of FS and GS: programs only read them.
const READ: [u32; 4] = [0xc000_0080, 0x277, 0xc000_0100, 0xc000_0101];

/// Bits that programs may change: TS, WP and AM; DE, PGE and PCE.
const CR0_BITS: [u32; 3] = [1 << 3, 1 << 16, 1 << 18];
const CR4_BITS: [u32; 3] = [1 << 3, 1 << 7, 1 << 8];

impl Flat {
    /// Emits one of these.
    pub fn system(&mut self) -> Result<()> {
        match self.emitter.dice.below(9) {
            0 => self.control_register(),
            1 => self.debug_register(),
            2 | 3 => self.msr(),
            4 => self.segment_register(),
            5 => self.cpuid(),
            6 => self.vmmcall(),
            7 => {
                let code = self
                    .emitter
                    .dice
                    .pick(&[Code::Clts, Code::Wbinvd, Code::Invd]);
                self.emitter.put(Instruction::with(code));
                Ok(())
            }
            _ => self.one_of(&SELECTOR_INSTRUCTIONS, Target::Data),
        }
    }

    fn put2(&mut self, code: Code, register: Register, value: u32) -> Result<()> {
        self.emitter.put(Instruction::with2(code, register, value)?);
        Ok(())
    }

    /// Reads a control register, and may write it with one bit changed.
    fn control_register(&mut self) -> Result<()> {
        let load = self.code(Code::Mov_r32_cr, Code::Mov_r64_cr);
        let store = self.code(Code::Mov_cr_r32, Code::Mov_cr_r64);
        let number = self.general();
        let wide = self.wide(EAX + number);
        let pae = self.mode == Mode::Pae;
        let dice = &mut self.emitter.dice;
        let (cr, bit) = match dice.below(6) {
            0..2 => (Register::CR0, dice.pick(&CR0_BITS)),
            // If PGE changes, KVM checks the PDPT. TCG has set the
            // accessed bit in it, which is reserved there: #GP.
            2..4 if pae => (Register::CR4, CR4_BITS[0]),
            2..4 => (Register::CR4, dice.pick(&CR4_BITS)),
            4 => (Register::CR3, 0),
            _ => (Register::CR2, 1 << dice.below(20)),
        };
        self.emitter.put(Instruction::with2(load, wide, cr)?);
        self.put2(Code::Xor_rm32_imm32, EAX + number, bit)?;
        self.emitter.put(Instruction::with2(store, cr, wide)?);
        Ok(())
    }

    /// Reads or writes a debug register. No breakpoint is enabled.
    fn debug_register(&mut self) -> Result<()> {
        let load = self.code(Code::Mov_r32_dr, Code::Mov_r64_dr);
        let store = self.code(Code::Mov_dr_r32, Code::Mov_dr_r64);
        let number = self.general();
        let wide = self.wide(EAX + number);
        let dice = &mut self.emitter.dice;
        let dr = dice.below(4) as u32;
        if dice.once_in(2) {
            let dr = Register::DR0 + dice.pick(&[dr, dr, 6, 7]);
            self.emitter.put(Instruction::with2(load, wide, dr)?);
        } else {
            let value = dice.u32();
            self.put2(Code::Mov_r32_imm32, EAX + number, value)?;
            self.emitter
                .put(Instruction::with2(store, Register::DR0 + dr, wide)?);
        }
        Ok(())
    }

    fn msr(&mut self) -> Result<()> {
        let dice = &mut self.emitter.dice;
        let (write, read) = (dice.pick(&MSRS), dice.pick(&READ));
        match dice.below(3) {
            0 => {
                // TCG keeps 16 bits of SYSENTER_CS, a CPU 32.
                let value = match write {
                    0x174 => dice.u32() & 0xffff,
                    _ => dice.u32(),
                };
                self.put2(Code::Mov_r32_imm32, EAX, value)?;
                self.put2(Code::Mov_r32_imm32, EDX, 0)?;
                self.put2(Code::Mov_r32_imm32, ECX, write)?;
                self.emitter.put(Instruction::with(Code::Wrmsr));
            }
            which => {
                let index = if which == 1 { write } else { read };
                self.put2(Code::Mov_r32_imm32, ECX, index)?;
                self.emitter.put(Instruction::with(Code::Rdmsr));
            }
        }
        Ok(())
    }

    /// Loads a segment register with its own selector. SS causes an interrupt shadow.
    fn segment_register(&mut self) -> Result<()> {
        use Register::{DS, ES, FS, GS, SS};
        let [data, fs, gs] = SELECTORS;
        let choices = [
            (DS, data),
            (ES, data),
            (SS, data),
            (SS, data),
            (FS, fs),
            (GS, gs),
        ];
        let (segment, selector) = self.emitter.dice.pick(&choices);
        self.put2(Code::Mov_r32_imm32, EAX, selector.into())?;
        self.emitter.put(Instruction::with2(
            Code::Mov_Sreg_rm16,
            segment,
            Register::AX,
        )?);
        match self.emitter.dice.below(3) {
            0 => self.halt(),
            1 => self.ports(),
            _ => self.device(),
        }
    }

    fn cpuid(&mut self) -> Result<()> {
        let leaf = self
            .emitter
            .dice
            .pick(&[0, 1, 2, 0x8000_0000, 0x8000_0001, 0x8000_0008]);
        self.put2(Code::Mov_r32_imm32, EAX, leaf)?;
        self.emitter.put(Instruction::with(Code::Cpuid));
        Ok(())
    }

    /// Emits a hypercall that does not exist.
    fn vmmcall(&mut self) -> Result<()> {
        self.put2(Code::Mov_r32_imm32, EAX, 0x1234)?;
        self.emitter.put(Instruction::with(Code::Vmmcall));
        Ok(())
    }
}
