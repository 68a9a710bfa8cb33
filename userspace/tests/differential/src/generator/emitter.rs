// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Emitter`]: a program under construction.

use anyhow::Result;
use iced_x86::{Code, Instruction, Mnemonic, OpKind, Register, RflagsBits};
use random::Dice;

use super::addresses::narrowed;
use super::operands::{Stack, random};
use crate::program::{Label, Line, Reference};

/// All flags that instructions may leave undefined.
const STATUS: u32 = RflagsBits::CF
    | RflagsBits::PF
    | RflagsBits::AF
    | RflagsBits::ZF
    | RflagsBits::SF
    | RflagsBits::OF;

/// The lines so far, and the state that later lines must respect.
pub struct Emitter {
    /// The source of choices.
    pub dice: Dice,
    /// The lines.
    pub lines: Vec<Line>,
    /// The allowed uses of the stack.
    pub stack: Stack,
    /// The selector in CS at the start.
    pub cs: u16,
    /// The least number of times that the next line is executed.
    pub times: u64,
    /// The sum of these numbers.
    pub instructions: u64,
    undefined: u32,
}

/// A line whose reference is not set yet.
#[must_use]
pub struct Open(usize);

impl Emitter {
    /// Creates an emitter without lines.
    pub fn new(dice: Dice, cs: u16) -> Emitter {
        Emitter {
            dice,
            lines: Vec::new(),
            stack: Stack::Free,
            cs,
            times: 1,
            instructions: 0,
            undefined: 0,
        }
    }

    /// Adds a line, after those that it needs: no line may read an undefined flag.
    pub fn line(&mut self, instruction: Instruction, reference: Reference) {
        if instruction.rflags_read() & self.undefined != 0 {
            self.define_flags();
        }
        let written =
            instruction.rflags_written() | instruction.rflags_cleared() | instruction.rflags_set();
        let by_cl = (0..instruction.op_count())
            .any(|operand| instruction.op_register(operand) == Register::CL);
        if !by_cl {
            self.undefined &= !written;
        }
        self.undefined |= instruction.rflags_undefined();
        if matches!(
            instruction.mnemonic(),
            Mnemonic::Shl | Mnemonic::Sal | Mnemonic::Shr
        ) {
            // Undefined if the count is the operand's width or more.
            self.undefined |= RflagsBits::CF;
        }
        self.instructions += self.times;
        self.lines.push(Line {
            label: self.here(),
            instruction,
            reference,
        });
    }

    /// Adds an instruction without a reference.
    pub fn put(&mut self, instruction: Instruction) {
        self.line(instruction, Reference::None);
    }

    /// Adds an instruction that refers to a later line.
    pub fn open(&mut self, instruction: Instruction, reference: fn(Label) -> Reference) -> Open {
        self.line(instruction, reference(Label::MAX));
        Open(self.lines.len() - 1)
    }

    /// Makes the next line the one that an instruction refers to.
    pub fn close(&mut self, open: Open) {
        let label = self.join();
        let reference = &mut self.lines[open.0].reference;
        *reference = match *reference {
            Reference::Branch(_) => Reference::Branch(label),
            Reference::Offset(_) => Reference::Offset(label),
            Reference::Length(_) => Reference::Length(label),
            Reference::None => Reference::None,
        };
    }

    /// The same, if the next line is reached only from the line before it.
    pub fn close_keeping_flags(&mut self, open: Open) {
        let undefined = self.undefined;
        self.close(open);
        self.undefined = undefined;
    }

    /// Returns the label of the next line, which is also reached from elsewhere.
    pub fn join(&mut self) -> Label {
        self.undefined = STATUS;
        self.here()
    }

    /// Makes all flags defined, for an instruction that writes them to memory.
    pub fn define_flags_if_needed(&mut self) {
        if self.undefined != 0 {
            self.define_flags();
        }
    }

    /// Adds an instruction with random operands, after the instructions that these need.
    pub fn random(&mut self, code: Code) -> Result<()> {
        let mut instruction = self.random_instruction(code)?;
        if matches!(code.mnemonic(), Mnemonic::Shld | Mnemonic::Shrd) {
            // With a count of more than 16 bits the result is undefined.
            let count = self.dice.below(17) as u8;
            match instruction.op2_kind() {
                OpKind::Immediate8 => instruction.set_immediate8(count),
                _ => self.put(Instruction::with2(
                    Code::Mov_r8_imm8,
                    Register::CL,
                    u32::from(count),
                )?),
            }
        }
        self.put(instruction);
        Ok(())
    }

    /// The same, without adding the instruction itself.
    pub fn random_instruction(&mut self, code: Code) -> Result<Instruction> {
        let instruction = random(&mut self.dice, code, self.stack);
        if !self.dice.once_in(40) {
            for instruction in narrowed(&instruction)? {
                self.put(instruction);
            }
        }
        Ok(instruction)
    }

    fn define_flags(&mut self) {
        let code = self
            .dice
            .pick(&[Code::Cmp_rm32_r32, Code::Cmp_rm16_r16, Code::Cmp_rm8_r8]);
        let mut instruction = random(&mut self.dice, code, Stack::Kept);
        while (0..2).any(|operand| instruction.op_register(operand) == Register::None) {
            instruction = random(&mut self.dice, code, Stack::Kept);
        }
        self.undefined = 0;
        self.put(instruction);
    }

    fn here(&self) -> Label {
        self.lines.len() as Label
    }
}
