// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random memory operands, and the instructions that they need before them.

use iced_x86::{Code, IcedError, Instruction, Mnemonic, OpKind, Register};

use Mnemonic::{Bt, Btc, Btr, Bts};
use Register::*;
use random::Dice;

use super::operands::{R8, R16, R32, SEGMENTS, Stack, general};

/// The registers of 16-bit addresses: only these pairs are valid.
const ADDRESSES_16: [(Register, Register); 9] = [
    (BX, SI),
    (BX, DI),
    (BP, SI),
    (BP, DI),
    (SI, None),
    (DI, None),
    (BP, None),
    (BX, None),
    (None, None),
];

/// Sets a memory operand. One with a 32-bit address needs [`narrowed`] registers.
pub fn set_memory(dice: &mut Dice, instruction: &mut Instruction, operand: u32) {
    instruction.set_op_kind(operand, OpKind::Memory);
    set_segment(dice, instruction);
    let (base, index, displacement_size, displacement) = if dice.once_in(4) {
        let base = general(dice, &R32, Stack::Free);
        let index = match dice.below(3) {
            0 => general(dice, &R32, Stack::Kept),
            _ => None,
        };
        if index != None {
            instruction.set_memory_index_scale(1 << dice.below(4));
        }
        let (size, mask) = match base {
            // ESP is the register that cannot be narrowed.
            ESP => (1, 0x7f),
            _ => dice.pick(&[(0, 0), (1, 0x7f), (4, 0xf3ff)]),
        };
        (base, index, size, dice.u32() & mask)
    } else {
        let (base, index) = dice.pick(&ADDRESSES_16);
        let size = match (base, index) {
            (None, None) => 2,
            // Without a displacement this encodes a bare address.
            (BP, None) => dice.pick(&[1, 2]),
            _ => dice.below(3) as u32,
        };
        let displacement = match size {
            0 => 0,
            1 => dice.byte() as i8 as u16,
            _ => dice.u32() as u16,
        };
        (base, index, size, displacement.into())
    };
    instruction.set_memory_base(base);
    instruction.set_memory_index(index);
    instruction.set_memory_displ_size(displacement_size);
    instruction.set_memory_displacement64(displacement.into());
}

/// Sometimes sets a segment other than the address's default.
pub fn set_segment(dice: &mut Dice, instruction: &mut Instruction) {
    if dice.once_in(4) {
        let segment = dice.pick(&SEGMENTS);
        instruction.set_segment_prefix(segment);
    }
}

/// Returns instructions that make the registers of a 32-bit address small enough for a segment.
pub fn narrowed(instruction: &Instruction) -> Result<Vec<Instruction>, IcedError> {
    let mut narrowed = Vec::new();
    // Narrows to 8 bits, with a register that has its own lowest byte.
    let byte = |wide: Register| {
        let low = R8[wide.number() % 4];
        Instruction::with2(Code::Movzx_r32_rm8, wide, low)
    };
    let word = |wide: Register| {
        let low = R16[wide.number()];
        Instruction::with2(Code::Movzx_r32_rm16, wide, low)
    };
    for operand in 0..instruction.op_count() {
        match instruction.op_kind(operand) {
            OpKind::MemorySegESI => narrowed.push(word(ESI)?),
            OpKind::MemoryESEDI => narrowed.push(word(EDI)?),
            OpKind::Memory => {
                let (base, index) = (instruction.memory_base(), instruction.memory_index());
                let alone = index == None && instruction.memory_displ_size() < 4;
                if base.is_gpr32() {
                    narrowed.push(if alone || base == ESP {
                        word(base)?
                    } else {
                        byte(base)?
                    });
                }
                if index.is_gpr32() {
                    narrowed.push(byte(index)?);
                }
                let bit = instruction.op1_register();
                let tests_bit = matches!(instruction.mnemonic(), Bt | Bts | Btr | Btc);
                let bit = bit.full_register32();
                if tests_bit && base.is_gpr32() && bit != None && bit != ESP {
                    narrowed.push(byte(bit)?);
                }
            }
            _ => {}
        }
    }
    Ok(narrowed)
}
