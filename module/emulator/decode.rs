// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Instruction`]: what the bytes of an instruction amount to.

use super::{
    abort::{
        Abort,
        Outcome, //
    },
    bus::Bus,
    context::Execution,
    cpu::Stop,
    exceptions::Exception::InvalidOpcode,
    instruction_set::{
        opcode_table::one_byte,
        operand_code::Place,
        twobyte_table::two_byte,
        ModRm,
        Opcode,
        Operation,
        Prefixes,
        Repeat, //
    },
    operand::Operand,
    registers::SegmentRegister::Cs, //
};

/// An instruction, decoded.
pub(crate) struct Instruction {
    pub(crate) operation: Operation,
    /// Those that it has, the destination first.
    pub(crate) operands: [Operand; 3],
    /// The last byte of the opcode, in which may be the number of a condition.
    pub(crate) opcode: u8,
}

impl Instruction {
    /// Whether there is such an instruction, seen as a whole.
    fn is_defined(&self, locked: bool) -> bool {
        match (self.operation, self.operands) {
            // A jump is what loads CS.
            (Operation::Mov, [Operand::Segment(Cs), ..]) => false,
            (operation, [Operand::Memory(..), ..]) => !locked || operation.lockable(),
            _ => !locked,
        }
    }
}

/// What the opcode maps say of an instruction.
pub(super) struct Entry {
    prefixes: Prefixes,
    opcode: u8,
    pub(super) meaning: Opcode,
    modrm: ModRm,
}

// ANCHOR: look-up
/// Looks an instruction up in the opcode maps, given its bytes one by one.
pub(super) fn look_up<E>(
    db: bool,
    mut next_byte: impl FnMut() -> Result<u8, E>,
) -> Result<Entry, E> {
    let mut prefixes = Prefixes::none(db);
    let mut opcode = next_byte()?;
    let mut meaning = one_byte(opcode);
    while let Opcode::Prefix = meaning {
        prefixes.add(opcode, db);
        opcode = next_byte()?;
        meaning = one_byte(opcode);
    }
    if let Opcode::TwoByte = meaning {
        opcode = next_byte()?;
        meaning = two_byte(opcode, prefixes.repeat == Some(Repeat::Equal));
    }
    let mut modrm = ModRm::default();
    if meaning.has_modrm() {
        modrm = ModRm::new(next_byte()?);
    }
    if let Opcode::Group(pick) = meaning {
        meaning = pick(modrm);
    }
    Ok(Entry {
        prefixes,
        opcode,
        meaning,
        modrm,
    })
}
// ANCHOR_END: look-up

impl<B: Bus> Execution<'_, B> {
    /// Decodes the instruction at CS:IP.
    pub(crate) fn decode(&mut self) -> Outcome<B, Instruction> {
        let entry = look_up(self.cpu.segment(Cs).db, || self.next_byte())?;
        self.prefixes = entry.prefixes;
        let (operation, codes) = match entry.meaning {
            Opcode::Instruction(operation, codes) => (operation, codes),
            Opcode::Missing(_) => {
                let stop = Stop::Unimplemented(self.code.bytes, self.code.fetched);
                return Err(Abort::Stop(stop));
            }
            _ => return Err(InvalidOpcode.into()),
        };

        let popped = match operation {
            Operation::Pop => self.prefixes.operand_size.bytes(),
            _ => 0,
        };
        let place = Place {
            opcode: entry.opcode,
            modrm: entry.modrm,
            popped,
        };
        let mut operands = [Operand::None; 3];
        for (operand, code) in operands.iter_mut().zip(codes) {
            *operand = self.operand(*code, place)?;
        }
        let instruction = Instruction {
            operation,
            operands,
            opcode: entry.opcode,
        };
        if instruction.is_defined(self.prefixes.lock) {
            Ok(instruction)
        } else {
            Err(InvalidOpcode.into())
        }
    }
}
