// SPDX-License-Identifier: GPL-2.0

//! [`Instruction`]: the decoder for instructions that access MMIO, in protected and long mode.
//!
//! Counterpart: `x86_decode_insn()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c); AMD's
//! manual, volume 3, "Instruction Encoding". The CPU has already checked the instruction, but
//! reports neither its length nor its operation.

use super::{
    alu::CMP,
    code::Code,
    mode::Mode,
    register::Register, //
};
use crate::emulator::Cpu;

pub(super) const ES: usize = 0;
const DS: usize = 3;
const SI: usize = 6;
const DI: usize = 7;

/// What an instruction does with its memory operand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// `mov` and `movzx`, to a register.
    Load,
    /// `movsx` and `movsxd`.
    LoadSigned,
    /// `mov` to memory.
    Store,
    /// `add`, `or`, `adc`, `sbb`, `and`, `sub`, `xor` and `cmp`, in the order of their encoding;
    /// and whether the result goes to memory.
    Alu(u8, bool),
    Test,
    Xchg,
    Inc,
    Dec,
    Not,
    Neg,
    Movs,
    Stos,
    Lods,
    Ins,
    Outs,
}

use Operation::*;

impl Operation {
    /// Whether it both reads and writes its memory operand.
    pub(super) fn modifies(self) -> bool {
        match self {
            Alu(operation, to_memory) => to_memory && operation != CMP,
            Xchg | Inc | Dec | Not | Neg => true,
            _ => false,
        }
    }
}

/// A decoded instruction, and the current address of its memory operand.
pub(super) struct Instruction {
    pub(super) operation: Operation,
    /// Its length in bytes.
    pub(super) length: u64,
    /// The size of its memory operand in bytes.
    pub(super) size: usize,
    pub(super) register: Register,
    /// The other operand, if it is not a register.
    pub(super) immediate: Option<u64>,
    /// The number of the segment register, and the offset in the segment.
    pub(super) segment: usize,
    pub(super) offset: u64,
    /// The mask for an address of this size.
    pub(super) address_mask: u64,
    pub(super) repeat: bool,
}

/// The prefixes of an instruction.
#[derive(Default)]
struct Prefixes {
    operand_size: bool,
    address_size: bool,
    segment: Option<usize>,
    repeat: bool,
    rex: u8,
}

impl Prefixes {
    fn decode(code: &mut Code<'_>, mode: Mode) -> Option<Self> {
        let mut it = Prefixes::default();
        for _ in 0..code.prefixes(mode) {
            it.rex = 0;
            match code.byte()? {
                0x66 => it.operand_size = true,
                0x67 => it.address_size = true,
                0xf2 | 0xf3 => it.repeat = true,
                byte @ (0x64 | 0x65) => it.segment = Some((byte - 0x60).into()),
                byte @ (0x26 | 0x2e | 0x36 | 0x3e) => it.segment = Some((byte >> 3 & 3).into()),
                byte @ 0x40..=0x4f => it.rex = byte,
                _ => {}
            }
        }
        Some(it)
    }

    /// Returns the size of an operand in bytes, unless the opcode overrides it.
    fn operand_bytes(&self, mode: Mode) -> usize {
        match (
            self.rex & 8 != 0,
            self.operand_size != (mode == Mode::Bits16),
        ) {
            (true, _) => 8,
            (_, true) => 2,
            _ => 4,
        }
    }

    fn address_bytes(&self, mode: Mode) -> usize {
        match (mode, self.address_size) {
            (Mode::Bits64, false) => 8,
            (Mode::Bits16, false) | (Mode::Bits32, true) => 2,
            _ => 4,
        }
    }
}

impl Instruction {
    /// Decodes an instruction. Returns `None` if it is not one of these.
    pub(super) fn decode(code: &mut Code<'_>, mode: Mode, cpu: &Cpu) -> Option<Self> {
        let prefixes = Prefixes::decode(code, mode)?;
        let (operand, address) = (prefixes.operand_bytes(mode), prefixes.address_bytes(mode));
        let mut opcode = u16::from(code.byte()?);
        if opcode == 0x0f {
            opcode = opcode << 8 | u16::from(code.byte()?);
        }
        let (size, width) = match opcode {
            0x0fb6 | 0x0fbe => (1, operand),
            0x0fb7 | 0x0fbf => (2, operand),
            // With REX.W, KVM's emulator writes all 8 bytes.
            0x8c if operand == 8 => (8, 8),
            0x8c | 0x0f01 => (2, 2),
            0x63 if mode == Mode::Bits64 => (4, operand),
            0x63 => return None,
            0x6d | 0x6f => (operand.min(4), operand),
            _ if opcode & 1 == 0 => (1, 1),
            _ => (operand, operand),
        };
        let mut it = Instruction {
            operation: Load,
            length: 0,
            size,
            register: Register::new(0, width, prefixes.rex),
            immediate: None,
            segment: prefixes.segment.unwrap_or(DS),
            offset: 0,
            address_mask: u64::MAX >> (64 - 8 * address),
            repeat: prefixes.repeat,
        };
        match opcode {
            0xa4 | 0xa5 => it.string(Movs, SI, cpu),
            0xaa | 0xab => it.string(Stos, DI, cpu),
            0xac | 0xad => it.string(Lods, SI, cpu),
            0x6c | 0x6d => it.string(Ins, DI, cpu),
            0x6e | 0x6f => it.string(Outs, SI, cpu),
            0xa0..=0xa3 => {
                it.operation = if opcode < 0xa2 { Load } else { Store };
                it.offset = code.signed(address)?;
            }
            _ => {
                let modrm = code.byte()?;
                let reg = modrm >> 3 & 7;
                it.register = Register::new(reg, width, prefixes.rex);
                it.operation = operation(opcode, reg)?;
                let relative = it.effective_address(code, modrm, &prefixes, address, cpu)?;
                it.immediate = match opcode {
                    0x80 | 0x82 | 0x83 | 0xc6 => Some(code.signed(1)?),
                    0xf6 if reg < 2 => Some(code.signed(1)?),
                    0x81 | 0xc7 => Some(code.signed(size.min(4))?),
                    0xf7 if reg < 2 => Some(code.signed(size.min(4))?),
                    0x8c => Some(cpu.segments.get(usize::from(reg))?.selector.into()),
                    0x0f01 => Some(cpu.cr0),
                    _ => None,
                };
                if relative {
                    it.offset = it.offset.wrapping_add(cpu.rip + code.position());
                }
            }
        }
        it.offset &= it.address_mask;
        it.length = code.position();
        Some(it)
    }

    fn string(&mut self, operation: Operation, index: usize, cpu: &Cpu) {
        self.operation = operation;
        self.offset = cpu.regs[index];
        if index == DI {
            self.segment = ES;
        }
    }

    /// Computes the offset of the memory operand. Returns whether it is relative to RIP.
    fn effective_address(
        &mut self,
        code: &mut Code<'_>,
        modrm: u8,
        prefixes: &Prefixes,
        address: usize,
        cpu: &Cpu,
    ) -> Option<bool> {
        const BX: usize = 3;
        const SP: usize = 4;
        const BP: usize = 5;
        const SS: usize = 2;

        let (mode, rm) = (modrm >> 6, usize::from(modrm & 7));
        let high = |bit: u8| usize::from(prefixes.rex >> bit & 1) << 3;
        // The registers to add, and the size of the displacement.
        let (base, index, scale, displacement) = match (address, mode, rm) {
            (_, 3, _) => return None,
            (2, 0, 6) => (None, None, 0, 2),
            (2, ..) => {
                let [base, index] = [
                    [Some(BX), Some(SI)],
                    [Some(BX), Some(DI)],
                    [Some(BP), Some(SI)],
                    [Some(BP), Some(DI)],
                    [Some(SI), None],
                    [Some(DI), None],
                    [Some(BP), None],
                    [Some(BX), None],
                ][rm];
                (base, index, 0, mode.into())
            }
            (_, _, SP) => {
                let sib = code.byte()?;
                let (base, index) = (usize::from(sib & 7), usize::from(sib >> 3 & 7) | high(1));
                let index = (index != SP).then_some(index);
                match (mode, base) {
                    (0, BP) => (None, index, sib >> 6, 4),
                    _ => (
                        Some(base | high(0)),
                        index,
                        sib >> 6,
                        [0, 1, 4][usize::from(mode)],
                    ),
                }
            }
            (_, 0, BP) => (None, None, 0, 4),
            _ => (Some(rm | high(0)), None, 0, [0, 1, 4][usize::from(mode)]),
        };
        let register = |number: Option<usize>| number.map_or(0, |number| cpu.regs[number]);
        self.offset = code
            .signed(displacement)?
            .wrapping_add(register(base))
            .wrapping_add(register(index) << scale);
        if prefixes.segment.is_none() && matches!(base, Some(SP | BP)) {
            self.segment = SS;
        }
        Some((address, mode, rm) == (8, 0, BP))
    }
}

/// Decodes an opcode with a ModRM byte. For some opcodes, `reg` selects the operation.
fn operation(opcode: u16, reg: u8) -> Option<Operation> {
    Some(match (opcode, reg) {
        (0x00..=0x3b, _) if opcode & 4 == 0 => Alu((opcode >> 3) as u8, opcode & 2 == 0),
        (0x80..=0x83, _) => Alu(reg, true),
        (0x84 | 0x85, _) | (0xf6 | 0xf7, 0 | 1) => Test,
        (0x86 | 0x87, _) => Xchg,
        (0x88 | 0x89 | 0x8c, _) | (0xc6 | 0xc7, 0) => Store,
        // `smsw`.
        (0x0f01, 4) => Store,
        (0x8a | 0x8b | 0x0fb6 | 0x0fb7, _) => Load,
        (0x63 | 0x0fbe | 0x0fbf, _) => LoadSigned,
        (0xf6 | 0xf7, 2) => Not,
        (0xf6 | 0xf7, 3) => Neg,
        (0xfe | 0xff, 0) => Inc,
        (0xfe | 0xff, 1) => Dec,
        _ => return None,
    })
}
