// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every opcode: compares the opcode maps with the
//! interpreter's behaviour and with another decoder.

use emulator::instruction_set::{
    opcode_table, twobyte_table, ModRm, Opcode, OperandCode, Operation,
};
use emulator::Stop;
use iced_x86::{Decoder, DecoderOptions, Mnemonic};

use crate::machine::*;

/// An opcode; in a group, ModRM's `reg` field belongs to it.
pub struct Entry {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The instruction's number in its group.
    pub member: Option<u8>,
    /// The operands that it accepts.
    pub operand: Kind,
    /// The entry in the opcode maps.
    pub meaning: Opcode,
}

/// The operand that ModRM may address, if there is one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Any,
    Memory,
    Register,
}

/// Returns all opcodes, with groups expanded.
pub fn entries() -> Vec<Entry> {
    let one = (0..=255).map(|opcode| (vec![opcode], opcode_table(opcode)));
    let two = (0..=255).map(|opcode| (vec![0x0f, opcode], twobyte_table(opcode, false)));
    let with_f3 = (0..=255).map(|opcode| (vec![0xf3, 0x0f, opcode], twobyte_table(opcode, true)));
    one.chain(two)
        .chain(with_f3)
        .flat_map(|(bytes, meaning)| match meaning {
            Opcode::Group(pick) => members(&bytes, pick),
            _ => vec![Entry {
                bytes,
                member: None,
                operand: Kind::Any,
                meaning,
            }],
        })
        .collect()
}

fn members(bytes: &[u8], pick: fn(ModRm) -> Opcode) -> Vec<Entry> {
    let mut members = Vec::new();
    for reg in 0..8 {
        let entry = |operand, meaning| Entry {
            bytes: bytes.to_vec(),
            member: Some(reg),
            operand,
            meaning,
        };
        let memory = pick(ModRm::new(modrm(reg, true)));
        let register = pick(ModRm::new(modrm(reg, false)));
        if format!("{memory:?}") == format!("{register:?}") {
            members.push(entry(Kind::Any, memory));
        } else {
            members.push(entry(Kind::Memory, memory));
            members.push(entry(Kind::Register, register));
        }
    }
    members
}

/// Returns a ModRM byte that addresses memory at BX+SI, or CX.
fn modrm(reg: u8, is_memory: bool) -> u8 {
    reg << 3 | if is_memory { 0 } else { 0xc1 }
}

/// An instruction with an opcode, and whether its ModRM, if it has one, addresses memory.
pub struct Example {
    pub code: Vec<u8>,
    is_memory: bool,
}

impl Entry {
    pub fn examples(&self) -> Vec<Example> {
        let kinds: &[bool] = match self.operand {
            Kind::Any => &[true, false],
            Kind::Memory => &[true],
            Kind::Register => &[false],
        };
        let example = |&is_memory| {
            let modrm = modrm(self.member.unwrap_or(0), is_memory);
            Example {
                code: [self.bytes.as_slice(), &[modrm], &[0; 8]].concat(),
                is_memory,
            }
        };
        kinds.iter().map(example).collect()
    }
}

/// Creates a machine that can execute most instructions: no division by 0, and a handler for `#UD`.
fn machine(code: &[u8]) -> Machine {
    let mut machine = Machine::new(code);
    machine.cpu.regs[CX] = 2;
    machine.cpu.regs[SI] = 0x100;
    machine.memory(DATA, 0x100, 4).fill(1);
    machine.handle(6, &[0xf4]);
    machine
}

#[test]
fn the_opcode_maps_say_what_is_done() {
    for entry in entries() {
        for Example { code, is_memory } in entry.examples() {
            let mut machine = machine(&code);
            let done = machine.steps(1);
            let is_undefined = machine.has_called(6);
            match entry.meaning {
                Opcode::Undefined | Opcode::Instruction(Operation::Ud1 | Operation::Ud2, _) => {
                    assert!(is_undefined, "{code:02x?}: {done:?}");
                }
                Opcode::Instruction(_, operands) if needs_memory(operands) && !is_memory => {
                    assert!(is_undefined, "{code:02x?}: {done:?}");
                }
                Opcode::Instruction(..) => {
                    assert!(!is_undefined, "{code:02x?} is undefined");
                    assert_eq!(done, Ok(()), "{code:02x?}");
                }
                Opcode::Missing(_) => {
                    assert_eq!(done, Err(Stop::Unhandleable), "{code:02x?}");
                }
                Opcode::Prefix | Opcode::TwoByte => (),
                Opcode::Group(_) => panic!("{code:02x?} is a group in a group"),
            }
        }
    }
}

fn needs_memory(operands: &[OperandCode]) -> bool {
    let memory = [OperandCode::M, OperandCode::Ma, OperandCode::Mp];
    operands.iter().any(|operand| memory.contains(operand))
}

#[test]
#[cfg_attr(miri, ignore = "takes long")]
fn another_decoder_says_the_same() {
    for entry in entries() {
        for Example { code, is_memory } in entry.examples() {
            let mut decoder = Decoder::with_ip(16, &code, 0, DecoderOptions::NONE);
            let theirs = decoder.decode();
            let mnemonic = format!("{:?}", theirs.mnemonic()).to_lowercase();
            match entry.meaning {
                Opcode::Instruction(_, operands) if needs_memory(operands) && !is_memory => (),
                Opcode::Instruction(operation, _) => {
                    assert!(
                        is_called(operation, &mnemonic),
                        "{code:02x?}: {operation:?}, {mnemonic}"
                    );
                    assert_eq!(length(&code), theirs.len(), "{code:02x?}: {mnemonic}");
                }
                Opcode::Undefined => {
                    assert!(
                        UNDEFINED.contains(&theirs.mnemonic()),
                        "{code:02x?}: {mnemonic}"
                    );
                }
                _ => (),
            }
        }
    }
}

/// Instructions that the interpreter correctly treats as undefined.
const UNDEFINED: [Mnemonic; 19] = [
    Mnemonic::INVALID,
    // Undefined in real mode.
    Mnemonic::Arpl,
    Mnemonic::Lar,
    Mnemonic::Lsl,
    Mnemonic::Sldt,
    Mnemonic::Str,
    Mnemonic::Lldt,
    Mnemonic::Ltr,
    Mnemonic::Verr,
    Mnemonic::Verw,
    Mnemonic::Rstorssp,
    // Only in system management mode.
    Mnemonic::Rsm,
    // Not on AMD's CPUs.
    Mnemonic::Getsec,
    Mnemonic::Reservednop,
    Mnemonic::Vmptrld,
    Mnemonic::Vmptrst,
    Mnemonic::Vmxon,
    Mnemonic::Xstore,
    // Reserved as undefined.
    Mnemonic::Ud0,
];

/// Returns the number of bytes of an instruction that the interpreter fetches.
fn length(code: &[u8]) -> usize {
    let mut machine = machine(code);
    machine.board.fetch_size = 1;
    let _ = machine.steps(1);
    let accesses = machine.board.accesses.iter();
    accesses
        .filter(|access| matches!(access, Access::Fetch(..)))
        .count()
}

fn is_called(operation: Operation, mnemonic: &str) -> bool {
    let ours = format!("{operation:?}").to_lowercase();
    match operation {
        Operation::Jcc => mnemonic.starts_with('j') && mnemonic != "jmp",
        Operation::Setcc => mnemonic.starts_with("set"),
        Operation::Cmovcc => mnemonic.starts_with("cmov"),
        Operation::Movs
        | Operation::Cmps
        | Operation::Scas
        | Operation::Lods
        | Operation::Stos
        | Operation::Ins
        | Operation::Outs => [format!("{ours}b"), format!("{ours}w")].contains(&mnemonic.into()),
        Operation::JmpFar => mnemonic == "jmp",
        Operation::CallFar => mnemonic == "call",
        Operation::RetFar => mnemonic == "retf",
        Operation::Xlat => mnemonic == "xlatb",
        Operation::Shl => mnemonic == "shl" || mnemonic == "sal",
        Operation::Wbinvd => mnemonic == "wbinvd" || mnemonic == "wbnoinvd",
        Operation::Nop => [
            "nop",
            "reservednop",
            "prefetch",
            "cldemote",
            "endbr",
            "rdssp",
        ]
        .iter()
        .any(|name| mnemonic.starts_with(name)),
        _ => mnemonic == ours,
    }
}
