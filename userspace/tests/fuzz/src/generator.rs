// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random programs, each determined by a seed.

use anyhow::Result;
use arbitrary::Unstructured;
use random::Dice;

use crate::code::Code;
use crate::known::left_out;
use crate::ops::{File, Ioctl, Memory, Op, Process, Request, Run};
use crate::program::{Line, Program};
use crate::value::{Amount, Fd, Place, Pointer, THREADS};

/// How the programs of a session run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In one thread, on both devices, and the outcomes are compared.
    Compared,
    /// In several threads, on hiboma; the kernel should have nothing to report.
    Threads,
}

/// The number of random bytes for a program's ops: more than they need.
const BYTES: usize = 1 << 14;

/// The number of random ops of a thread.
fn length(mode: Mode) -> usize {
    match mode {
        Mode::Compared => 70,
        Mode::Threads => 150,
    }
}

/// Returns the program of a seed.
pub fn program(seed: u64, mode: Mode) -> Result<Program> {
    let mut dice = Dice::new(seed, Dice::PROGRAM);
    let line = |thread| move |op| Line { thread, op };
    let mut lines: Vec<_> = beginning(&mut dice).into_iter().map(line(0)).collect();
    let threads = match mode {
        Mode::Compared => 1,
        Mode::Threads => {
            lines.push(line(0)(Op::Process(Process::Threads)));
            THREADS
        }
    };
    for thread in 0..threads {
        lines.extend(ops(&mut dice, mode)?.into_iter().map(line(thread)));
    }
    Ok(Program(lines))
}

/// Returns the setup that most programs need to get far: a VM with memory, and a vCPU with code.
fn beginning(dice: &mut Dice) -> Vec<Op> {
    const CODE: [Code; 6] = [
        Code::Halt,
        Code::Out,
        Code::In,
        Code::Store,
        Code::LoadDevice,
        Code::RepeatedInString,
    ];
    let ioctl = |fd, request| {
        Op::Ioctl(Ioctl {
            fd,
            request,
            pointer: Pointer::Good,
        })
    };
    let region = Request::SetUserMemoryRegion {
        slot: 0,
        flags: dice.below(2) as u32,
        address: Amount::Pages(0),
        size: Amount::Pages(dice.pick(&[3, 4, 8])),
        user: Place::Ram(0),
    };
    let vcpu = Request::CreateVcpu { id: 0, into: 0 };
    let mut ops = vec![
        Op::File(File::Open { into: 0, flags: 2 }),
        Op::File(File::Eventfd { into: 0 }),
        ioctl(Fd::Device(0), Request::CreateVm { kind: 0, into: 0 }),
        ioctl(Fd::Vm(0), region),
        ioctl(Fd::Vm(0), vcpu),
        Op::Memory(Memory::MmapVcpu(0)),
        Op::Run(Run::Start {
            vcpu: 0,
            code: dice.pick(&CODE),
            page: 0,
        }),
    ];
    // Now and then an incomplete setup.
    if dice.once_in(8) {
        ops.remove(dice.below(ops.len()));
    }
    ops
}

fn ops(dice: &mut Dice, mode: Mode) -> Result<Vec<Op>> {
    let bytes: Vec<u8> = (0..BYTES).map(|_| dice.byte()).collect();
    let mut unstructured = Unstructured::new(&bytes);
    let mut ops = Vec::new();
    while ops.len() < length(mode) {
        let op: Op = unstructured.arbitrary()?;
        if mode == Mode::Compared && left_out(&op).is_some() {
            continue;
        }
        let end = match op {
            Op::Process(Process::Fork) => Some(Process::Exit),
            Op::Process(Process::Limit(_)) => Some(Process::NoLimit),
            // Threads with separate file tables have little in common.
            Op::Process(Process::UnshareFiles) if !dice.once_in(8) => continue,
            _ => None,
        };
        ops.push(op);
        // An op that makes most calls fail is undone soon.
        if let Some(end) = end {
            for _ in 0..dice.below(6) {
                let op = unstructured.arbitrary()?;
                if mode == Mode::Threads || left_out(&op).is_none() {
                    ops.push(op);
                }
            }
            ops.push(Op::Process(end));
        }
    }
    Ok(ops)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const MODES: [Mode; 2] = [Mode::Compared, Mode::Threads];

    #[test]
    fn the_text_of_a_program_is_the_program() {
        for seed in 0..200 {
            for mode in MODES {
                let program = program(seed, mode).unwrap();
                assert_eq!(Program::parse(&program.to_string()).unwrap(), program);
            }
        }
    }

    #[test]
    fn bytes_suffice() {
        let ends = |seed| {
            let program = program(seed, Mode::Threads).unwrap();
            let last = &program.0[program.0.len() - 3..];
            last[0] == last[1] && last[1] == last[2]
        };
        assert!(!(0..200).any(ends));
    }

    #[test]
    fn every_kind_of_op_is_generated() {
        let programs = (0..200).map(|seed| program(seed, Mode::Threads).unwrap());
        let names: HashSet<_> = programs
            .flat_map(|program| program.0)
            .map(|line| line.op.name())
            .collect();
        assert!(names.len() > 60, "{}: {names:?}", names.len());
    }
}
