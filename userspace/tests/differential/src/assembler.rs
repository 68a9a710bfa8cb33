// SPDX-License-Identifier: MIT OR Apache-2.0

//! Encodes a [`Program`].

use anyhow::{Context, Result, ensure};
use iced_x86::{Encoder, Instruction, OpKind};

use crate::memory_map::{CODE, PAGE};
use crate::program::{Program, Reference};

/// The index of CS among the segment registers.
pub const CS: usize = 1;

/// A program's code.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The bytes, encoded for the address of the code.
    pub code: Vec<u8>,
    /// The offset of each line in CS, and that of the end of the code.
    pub offsets: Vec<u64>,
    /// The RIP at the end of the program.
    pub end: u64,
}

/// Lays out the lines and encodes them.
pub fn assemble(program: &Program) -> Result<Assembly> {
    let base = program.cpu.segments[CS].base;
    let start = u64::from(CODE - base);
    let mut encoder = Encoder::new(program.mode.bits());

    // The length of an instruction does not depend on its reference.
    let mut offsets = vec![start];
    let mut ip = start;
    for line in &program.lines {
        let mut instruction = line.instruction;
        resolve(&mut instruction, line.reference, &|_| ip, &|_| 0, base);
        ip += encoder
            .encode(&instruction, ip)
            .with_context(|| format!("no encoding: {instruction}"))? as u64;
        offsets.push(ip);
    }
    ensure!(
        ip - start <= PAGE as u64,
        "the program is longer than a page"
    );

    encoder.set_buffer(Vec::with_capacity((ip - start) as usize));
    for (index, line) in program.lines.iter().enumerate() {
        let mut instruction = line.instruction;
        let offset = |label| offsets[program.position(label)];
        let length = |label| {
            let position = program.position(label);
            offsets
                .get(position + 1)
                .map_or(0, |end| end - offsets[position])
        };
        resolve(&mut instruction, line.reference, &offset, &length, base);
        let length = encoder
            .encode(&instruction, offsets[index])
            .with_context(|| format!("no encoding: {instruction}"))?;
        ensure!(
            offsets[index] + length as u64 == offsets[index + 1],
            "{instruction} changes its length"
        );
    }
    let end = program.position(program.end) + 1;
    Ok(Assembly {
        code: encoder.take_buffer(),
        end: offsets[end.min(program.lines.len())],
        offsets,
    })
}

/// Fills in what an instruction refers to.
fn resolve(
    instruction: &mut Instruction,
    reference: Reference,
    offset: &dyn Fn(u16) -> u64,
    length: &dyn Fn(u16) -> u64,
    base: u32,
) {
    match (reference, instruction.op0_kind()) {
        (Reference::None, _) => {}
        (Reference::Branch(label), OpKind::NearBranch16) => {
            instruction.set_near_branch16(offset(label) as u16);
        }
        (Reference::Branch(label), OpKind::NearBranch32) => {
            instruction.set_near_branch32(offset(label) as u32);
        }
        (Reference::Branch(label), OpKind::NearBranch64) => {
            instruction.set_near_branch64(offset(label));
        }
        (Reference::Branch(label), kind) => {
            let its_base = u32::from(instruction.far_branch_selector()) << 4;
            let offset = offset(label) as u32 + base - its_base;
            if kind == OpKind::FarBranch16 {
                instruction.set_far_branch16(offset as u16);
            } else {
                instruction.set_far_branch32(offset);
            }
        }
        (Reference::Offset(label), _) => set_immediate(instruction, offset(label)),
        (Reference::Length(label), _) => set_immediate(instruction, length(label)),
    }
}

fn set_immediate(instruction: &mut Instruction, value: u64) {
    match instruction.op_kind(instruction.op_count() - 1) {
        OpKind::Immediate8 => instruction.set_immediate8(value as u8),
        OpKind::Immediate32 => instruction.set_immediate32(value as u32),
        _ => instruction.set_immediate16(value as u16),
    }
}
