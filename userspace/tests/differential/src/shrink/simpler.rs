// SPDX-License-Identifier: MIT OR Apache-2.0

//! All simplifications of one detail of a program.

use emulator::flags::FIXED;
use iced_x86::{Instruction, OpKind, Register};

use crate::assembler::CS;
use crate::generator::real_mode;
use crate::program::{Program, Reference};

/// Returns programs in which one detail is simpler.
pub fn candidates(program: &Program) -> impl Iterator<Item = Program> {
    registers(program).chain(lines(program))
}

fn registers(program: &Program) -> impl Iterator<Item = Program> {
    let general = (0..16).filter(|&index| program.cpu.regs[index] != 0);
    let general = general.map(|index| {
        let mut simpler = program.clone();
        simpler.cpu.regs[index] = 0;
        simpler
    });
    let segments = (0..6).filter(|&index| index != CS && program.cpu.segments[index].selector != 0);
    let segments = segments.map(|index| {
        let mut simpler = program.clone();
        simpler.cpu.segments[index] = real_mode(0);
        simpler
    });
    let flags = (program.cpu.rflags != FIXED).then(|| {
        let mut simpler = program.clone();
        simpler.cpu.rflags = FIXED;
        simpler
    });
    general.chain(segments).chain(flags)
}

fn lines(program: &Program) -> impl Iterator<Item = Program> {
    program
        .lines
        .iter()
        .enumerate()
        .flat_map(move |(index, line)| {
            let fixed = line.reference == Reference::None;
            let simpler = instructions(line.instruction, fixed).into_iter();
            simpler.map(move |instruction| {
                let mut simpler = program.clone();
                simpler.lines[index].instruction = instruction;
                simpler
            })
        })
}

/// Returns simpler instructions. If the instruction
/// refers to a line, its immediate value is not its own.
fn instructions(instruction: Instruction, has_value: bool) -> Vec<Instruction> {
    let mut simpler = Vec::new();
    let mut add = |change: &dyn Fn(&mut Instruction)| {
        let mut changed = instruction;
        change(&mut changed);
        if changed != instruction {
            simpler.push(changed);
        }
    };
    add(&|instruction| instruction.set_has_lock_prefix(false));
    add(&|instruction| {
        instruction.set_has_rep_prefix(false);
        instruction.set_has_repne_prefix(false);
    });
    add(&|instruction| instruction.set_segment_prefix(Register::None));
    for operand in 0..instruction.op_count() {
        match instruction.op_kind(operand) {
            OpKind::Memory if instruction.mnemonic() != iced_x86::Mnemonic::Xlatb => {
                add(&|instruction| {
                    instruction.set_memory_base(Register::None);
                    instruction.set_memory_index(Register::None);
                    instruction.set_memory_index_scale(1);
                    instruction.set_memory_displ_size(2);
                    instruction
                        .set_memory_displacement64(instruction.memory_displacement64() & 0xffff);
                });
            }
            OpKind::Immediate8 if has_value => {
                add(&|instruction| instruction.set_immediate8(1));
            }
            OpKind::Immediate16 if has_value => {
                add(&|instruction| instruction.set_immediate16(0));
            }
            OpKind::Immediate32 if has_value => {
                add(&|instruction| instruction.set_immediate32(0));
            }
            OpKind::Immediate8to16 => add(&|instruction| instruction.set_immediate8to16(0)),
            OpKind::Immediate8to32 => add(&|instruction| instruction.set_immediate8to32(0)),
            _ => {}
        }
    }
    simpler
}
