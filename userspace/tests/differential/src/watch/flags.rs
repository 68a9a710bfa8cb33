// SPDX-License-Identifier: MIT OR Apache-2.0

//! The flags that an instruction leaves undefined.
//!
//! They come from iced's tables, except those that depend on a count,
//! which iced does not know. iced's bits differ from RFLAGS' bits.

use emulator::Cpu;
use emulator::flags::{AF, CF, OF, PF, SF, ZF};
use iced_x86::{Instruction, Mnemonic, OpKind, Register, RflagsBits};

/// The six flags that can be undefined: their bits in RFLAGS and in iced, and their names.
const STATUS: [(u64, u32, &str); 6] = [
    (CF, RflagsBits::CF, "CF"),
    (PF, RflagsBits::PF, "PF"),
    (AF, RflagsBits::AF, "AF"),
    (ZF, RflagsBits::ZF, "ZF"),
    (SF, RflagsBits::SF, "SF"),
    (OF, RflagsBits::OF, "OF"),
];

/// Converts iced's bits to RFLAGS' bits.
pub fn bits(of_iced: u32) -> u64 {
    STATUS
        .iter()
        .filter(|(_, iced, _)| of_iced & iced != 0)
        .map(|(bit, _, _)| bit)
        .sum()
}

/// Returns the names of the flags.
pub fn names(bits: u64) -> impl Iterator<Item = &'static str> {
    let set = STATUS.iter().filter(move |(bit, _, _)| bits & bit != 0);
    set.map(|(_, _, name)| *name)
}

/// Updates the undefined flags after an instruction that was executed on `before`.
pub fn execute(undefined: &mut u64, instruction: &Instruction, before: &Cpu) {
    let written = bits(
        instruction.rflags_written() | instruction.rflags_cleared() | instruction.rflags_set(),
    );
    match shift(instruction, before) {
        Some(shift) if shift.count == 0 => {}
        Some(shift) => {
            *undefined &= !(written | CF | OF);
            if shift.count > 1 {
                *undefined |= OF;
            }
            if !shift.rotates {
                *undefined |= AF;
            }
            let without_sign = instruction.mnemonic() != Mnemonic::Sar;
            if !shift.rotates && without_sign && shift.count >= shift.bits {
                *undefined |= CF;
            }
        }
        None if repeats_zero_times(instruction, before) => {}
        None => {
            *undefined &= !written;
            *undefined |= bits(instruction.rflags_undefined());
        }
    }
}

/// A shift or a rotation.
pub struct Shift {
    /// The number of bits to shift by.
    pub count: u32,
    /// The number of bits of the operand.
    pub bits: u32,
    rotates: bool,
}

/// Returns the shift of an instruction, if it is one.
pub fn shift(instruction: &Instruction, before: &Cpu) -> Option<Shift> {
    use Mnemonic::{Rcl, Rcr, Rol, Ror, Sal, Sar, Shl, Shld, Shr, Shrd};
    let rotates = match instruction.mnemonic() {
        Rol | Ror | Rcl | Rcr => true,
        Shl | Sal | Shr | Sar | Shld | Shrd => false,
        _ => return None,
    };
    let last = instruction.op_count() - 1;
    let count = match instruction.op_kind(last) {
        OpKind::Register if instruction.op_register(last) == Register::CL => before.regs[1] as u32,
        _ => instruction.immediate8().into(),
    };
    let bits = match instruction.op0_kind() {
        OpKind::Register => instruction.op0_register().size(),
        _ => instruction.memory_size().size(),
    };
    Some(Shift {
        count: count & 0x1f,
        bits: 8 * bits as u32,
        rotates,
    })
}

/// Returns whether it is SHL or SHLD by a constant.
pub fn is_left_shift_by_constant(instruction: &Instruction) -> bool {
    use Mnemonic::{Sal, Shl, Shld};
    matches!(instruction.mnemonic(), Shl | Sal | Shld) && has_constant(instruction)
}

/// Returns whether the last operand is a constant.
pub fn has_constant(instruction: &Instruction) -> bool {
    instruction.op_kind(instruction.op_count() - 1) == OpKind::Immediate8
}

fn repeats_zero_times(instruction: &Instruction, before: &Cpu) -> bool {
    let wide = (0..instruction.op_count()).any(|operand| {
        let kind = instruction.op_kind(operand);
        kind == OpKind::MemorySegESI || kind == OpKind::MemoryESEDI
    });
    let mask = if wide { u32::MAX.into() } else { 0xffff };
    instruction.is_string_instruction()
        && (instruction.has_rep_prefix() || instruction.has_repne_prefix())
        && before.regs[1] & mask == 0
}

#[cfg(test)]
mod tests {
    use iced_x86::Code;
    use random::Dice;

    use super::*;
    use crate::generator;

    /// Returns the names of the undefined flags after an instruction, with all or none before it.
    fn after(instruction: Instruction, cl: u64, before: u64) -> String {
        let mut cpu = generator::start(&mut Dice::new(0, Dice::PROGRAM));
        cpu.regs[1] = cl;
        let mut undefined = before;
        execute(&mut undefined, &instruction, &cpu);
        names(undefined).collect::<Vec<_>>().join(" ")
    }

    const ALL: u64 = 0x8d5;

    #[test]
    fn logic_leaves_the_auxiliary_carry_undefined() {
        let and = Instruction::with2(Code::And_rm16_r16, Register::AX, Register::BX).unwrap();
        assert_eq!(after(and, 0, 0), "AF");
        assert_eq!(after(and, 0, ALL), "AF");
        let add = Instruction::with2(Code::Add_rm16_r16, Register::AX, Register::BX).unwrap();
        assert_eq!(after(add, 0, ALL), "");
    }

    #[test]
    fn a_shift_depends_on_its_count() {
        let shl = Instruction::with2(Code::Shl_rm8_CL, Register::AL, Register::CL).unwrap();
        assert_eq!(after(shl, 0x20, 0), "");
        assert_eq!(after(shl, 0x20, ALL), "CF PF AF ZF SF OF");
        assert_eq!(after(shl, 1, ALL), "AF");
        assert_eq!(after(shl, 7, ALL), "AF OF");
        assert_eq!(after(shl, 8, 0), "CF AF OF");
        let rol = Instruction::with2(Code::Rol_rm8_CL, Register::AL, Register::CL).unwrap();
        assert_eq!(after(rol, 2, 0), "OF");
        assert_eq!(after(rol, 1, ALL), "PF AF ZF SF");
    }

    #[test]
    fn a_comparison_that_is_repeated_no_time_defines_nothing() {
        let repe = Instruction::with_repe_cmpsb(16).unwrap();
        assert_eq!(after(repe, 0x1_0000, ALL), "CF PF AF ZF SF OF");
        assert_eq!(after(repe, 1, ALL), "");
    }
}
