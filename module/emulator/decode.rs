// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The decoder: from the bytes of an instruction to an operation and its operands.
//!
//! Counterpart: `x86_decode_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    bus::Bus,
    cpu::Cpu,
    exceptions::Exception::InvalidOpcode,
    fetch::FetchCache,
    instruction_set::{
        opcode_table,
        twobyte_table,
        Address,
        ModRm,
        Opcode,
        Operation,
        Prefixes,
        Repeat, //
    },
    operand::Operand,
    registers::SegmentRegister::Cs,
    stop::Stop, //
};

// ANCHOR: instruction
/// A decoded instruction. It depends only on the bytes, not on the registers.
#[derive(Clone, Copy)]
pub(super) struct Instruction {
    pub(super) operation: Operation,
    /// The operands, the destination first.
    pub(super) operands: [Operand; 3],
    /// How to compute the address of the memory operand.
    pub(super) address: Address,
    pub(super) prefixes: Prefixes,
    /// The last byte of the opcode. It may contain the number of a condition.
    pub(super) opcode: u8,
    /// The length in bytes.
    pub(super) length: u8,
}
// ANCHOR_END: instruction

/// The decoder of one instruction. Of the registers it uses only CS and IP, to fetch the bytes.
pub(super) struct Decoder<'a, B: Bus> {
    pub(super) cpu: &'a Cpu,
    pub(super) bus: &'a mut B,
    pub(super) fetch: &'a mut FetchCache,
    pub(super) prefixes: Prefixes,
    pub(super) opcode: u8,
    /// The byte that follows the opcode, if the instruction has one.
    pub(super) modrm: ModRm,
    pub(super) address: Address,
    /// How much the instruction adds to the stack pointer before it uses an address.
    pub(super) inc_sp: u32,
}

impl<'a, B: Bus> Decoder<'a, B> {
    pub(super) fn new(cpu: &'a Cpu, bus: &'a mut B, fetch: &'a mut FetchCache) -> Self {
        Decoder {
            prefixes: Prefixes::none(cpu.segment(Cs).db),
            opcode: 0,
            modrm: ModRm::default(),
            address: Address::NONE,
            inc_sp: 0,
            cpu,
            bus,
            fetch,
        }
    }

    /// Decodes the instruction at CS:IP.
    pub(super) fn decode(mut self) -> Result<Instruction, Stop<B::Error>> {
        let (operation, codes) = match self.look_up()? {
            Opcode::Instruction(operation, codes) => (operation, codes),
            Opcode::Missing(_) => {
                self.fetch.fetch_the_rest(self.cpu, self.bus);
                return Err(Stop::Unhandleable);
            }
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
        // `mov` cannot load CS: only jumps, calls and returns can.
        let moves_to_cs = operation == Operation::Mov && operands[0] == Operand::Segment(Cs);
        if invalid_lock || moves_to_cs {
            return Err(InvalidOpcode.into());
        }
        Ok(Instruction {
            operation,
            operands,
            address: self.address,
            prefixes: self.prefixes,
            opcode: self.opcode,
            length: self.fetch.position as u8,
        })
    }

    // ANCHOR: look-up
    /// Looks up the instruction in the opcode tables.
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
