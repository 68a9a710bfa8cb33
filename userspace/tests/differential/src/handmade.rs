// SPDX-License-Identifier: MIT OR Apache-2.0

//! Handwritten programs: `programs/`, one per file.

use std::arch::global_asm;
use std::slice;

use anyhow::{Context, Result};
use emulator::{Cpu, DescriptorTable};
use iced_x86::{Decoder, DecoderOptions, Encoder, FlowControl, Instruction, OpKind};

use crate::generator::{CR0, real_mode};
use crate::memory_map::CODE;
use crate::mode::Mode;
use crate::program::{Label, Line, Program, Reference};

/// Assembles the files in sequence, each after its length.
macro_rules! programs {
    ($($name:ident)+) => {
        const NAMES: &[&str] = &[$(stringify!($name)),+];

        global_asm!(
            ".pushsection .rodata",
            ".global hand_made_programs, hand_made_programs_end",
            "hand_made_programs:",
            $(
                concat!(".set start, .Lstart_", stringify!($name)),
                concat!(".long .Lend_", stringify!($name), " - start"),
                concat!(".Lstart_", stringify!($name), ":"),
                ".code16",
                include_str!(concat!("../programs/", stringify!($name), ".s")),
                concat!(".Lend_", stringify!($name), ":"),
            )+
            "hand_made_programs_end:",
            ".code64",
            ".popsection",
        );
    };
}

programs!(shifts divide repeat ports devices wrap self_modifying prefixes interrupts segments
    decimals bits);

/// Returns all programs.
pub fn programs() -> Result<Vec<Program>> {
    unsafe extern "C" {
        #[link_name = "hand_made_programs"]
        static START: u8;
        #[link_name = "hand_made_programs_end"]
        static END: u8;
    }
    let (start, end) = (&raw const START, &raw const END);
    // SAFETY: The two symbols enclose the code assembled above, which is constant.
    let mut rest = unsafe { slice::from_raw_parts(start, end.offset_from_unsigned(start)) };
    let mut programs = Vec::new();
    for name in NAMES {
        let (length, code) = rest
            .split_first_chunk()
            .context("a program without a length")?;
        let (code, next) = code
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .context("a program that is not there")?;
        programs.push(from_bytes(name, code)?);
        rest = next;
    }
    Ok(programs)
}

/// Returns the program with this name.
pub fn program(name: &str) -> Result<Program> {
    let index = NAMES.iter().position(|known| *known == name);
    let index = index.with_context(|| format!("no such program: there are {NAMES:?}"))?;
    Ok(programs()?.swap_remove(index))
}

fn from_bytes(name: &str, code: &[u8]) -> Result<Program> {
    let mut lines = Vec::new();
    let mut decoder = Decoder::new(16, code, DecoderOptions::NONE);
    while decoder.can_decode() {
        let label = decoder.ip() as Label;
        let instruction = decoder.decode();
        let bytes = &code[usize::from(label)..decoder.ip() as usize];
        lines.push(line(label, instruction, bytes)?);
    }
    let end = lines
        .last()
        .context("a program without instructions")?
        .label;
    Ok(Program {
        name: format!("programs/{name}.s"),
        mode: Mode::Real,
        lines,
        end,
        cpu: start(),
        answers: 0,
        by_hand: true,
        instructions: 0,
    })
}

/// Returns a line that is encoded to exactly these bytes.
fn line(label: Label, instruction: Instruction, bytes: &[u8]) -> Result<Line> {
    let is_near = matches!(
        instruction.op0_kind(),
        OpKind::NearBranch16 | OpKind::NearBranch32
    ) && instruction.flow_control() != FlowControl::Next;
    let mut encoder = Encoder::new(16);
    let encodes = encoder.encode(&instruction, label.into()).is_ok();
    let (instruction, reference) = match encodes && encoder.take_buffer() == bytes {
        true if is_near => (
            instruction,
            Reference::Branch(instruction.near_branch_target() as Label),
        ),
        true => (instruction, Reference::None),
        false => (Instruction::with_declare_byte(bytes)?, Reference::None),
    };
    Ok(Line {
        label,
        instruction,
        reference,
    })
}

/// Returns simple registers for the start.
fn start() -> Cpu {
    let mut regs = [0; 16];
    regs[4] = 0x8000;
    Cpu {
        regs,
        rip: 0,
        rflags: 2,
        segments: [0x2000, (CODE >> 4) as u16, 0x3000, 0x2000, 0x4000, 0x5000].map(real_mode),
        idt: DescriptorTable {
            base: 0,
            limit: 0x3ff,
        },
        gdt: DescriptorTable::default(),
        cr0: CR0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assembler::assemble;
    use crate::bench::{Bench, Verdict};

    #[test]
    fn they_are_encoded_as_they_were_assembled() {
        for program in programs().unwrap() {
            let assembly = assemble(&program).unwrap();
            assert_eq!(assembly.code.last(), Some(&0xf4), "{}", program.name);
            let labels = program.lines.iter().map(|line| u64::from(line.label));
            let offsets = assembly.offsets[..program.lines.len()].iter().copied();
            assert!(labels.eq(offsets), "{}", program.name);
        }
    }

    #[test]
    fn each_of_them_can_be_compared() {
        let mut bench = Bench::new(Mode::Real, &[]).unwrap();
        for program in programs().unwrap() {
            let outcome = bench.judge(&program).unwrap();
            let name = &program.name;
            match outcome.verdict {
                Verdict::Skipped(skip) => panic!("{name}: {skip}"),
                _ => assert_eq!(
                    outcome.run.end.rip,
                    assemble(&program).unwrap().end,
                    "{name}"
                ),
            }
        }
    }
}
