// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The decoder: from the bytes of an instruction to an operation and its operands.
//!
//! Counterpart: `x86_decode_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    bus::Bus,
    context::Context,
    exceptions::Exception::InvalidOpcode,
    instruction_set::{
        opcode_table,
        twobyte_table,
        ModRm,
        Opcode,
        Operation,
        Repeat, //
    },
    operand::Operand,
    registers::SegmentRegister::Cs,
    stop::Stop, //
};

/// An instruction, decoded.
pub(super) struct Instruction {
    pub(super) operation: Operation,
    /// Those that it has, the destination first.
    pub(super) operands: [Operand; 3],
}

impl<B: Bus> Context<'_, B> {
    /// Decodes the instruction at CS:IP.
    pub(super) fn decode(&mut self) -> Result<Instruction, Stop<B::Error>> {
        let (operation, codes) = match self.look_up()? {
            Opcode::Instruction(operation, codes) => (operation, codes),
            Opcode::Missing(_) => return Err(Stop::Unhandleable),
            _ => return Err(InvalidOpcode.into()),
        };
        if operation == Operation::Pop {
            self.inc_sp = self.prefixes.operand_size.bytes();
        }
        let mut operands = [Operand::None; 3];
        for (operand, code) in operands.iter_mut().zip(codes) {
            *operand = self.decode_operand(*code)?;
        }

        let in_memory = matches!(operands[0], Operand::Memory(..));
        let invalid_lock = self.prefixes.lock && !(in_memory && operation.lockable());
        // Only a jump loads CS.
        let moves_to_cs = operation == Operation::Mov && operands[0] == Operand::Segment(Cs);
        if invalid_lock || moves_to_cs {
            return Err(InvalidOpcode.into());
        }
        Ok(Instruction {
            operation,
            operands,
        })
    }

    // ANCHOR: look-up
    /// Looks the instruction up in the opcode tables.
    fn look_up(&mut self) -> Result<Opcode, Stop<B::Error>> {
        let db = self.cpu.segment(Cs).db;
        self.opcode = self.next_byte()?;
        let mut meaning = opcode_table(self.opcode);
        while let Opcode::Prefix = meaning {
            self.prefixes.add(self.opcode, db);
            self.opcode = self.next_byte()?;
            meaning = opcode_table(self.opcode);
        }
        if let Opcode::TwoByte = meaning {
            self.opcode = self.next_byte()?;
            meaning = twobyte_table(self.opcode, self.prefixes.repeat == Some(Repeat::Equal));
        }
        if meaning.has_modrm() {
            self.modrm = ModRm::new(self.next_byte()?);
        }
        if let Opcode::Group(pick) = meaning {
            meaning = pick(self.modrm);
        }
        Ok(meaning)
    }
    // ANCHOR_END: look-up
}
