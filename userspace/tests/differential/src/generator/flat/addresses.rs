// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random addresses: the target is chosen first, then the registers
//! that are added up, and last the instructions that set them.

use anyhow::Result;
use iced_x86::{Code, Instruction, Mnemonic, OpKind, Register};

use Register::None;

use super::Flat;
use crate::flat::{FS_BASE, GS_BASE, WINDOW, WindowPage};
use crate::generator::operands::R8;
use crate::memory_map::{HOLE, HOLE_PAGES, PAGE, ROM};

/// The target of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Memory.
    Data,
    /// A device's memory, or its borders, or read-only memory.
    Device,
    /// Pages that the page tables do not allow.
    Fault,
}

/// The first address of general memory.
const DATA: u32 = 0x2_0000;

const PAGE32: u32 = PAGE as u32;

impl Flat {
    /// Returns an address of this kind.
    fn linear(&mut self, target: Target) -> u32 {
        let paging = self.mode.has_paging();
        let dice = &mut self.emitter.dice;
        let page = |page: WindowPage| WINDOW + page as u32 * PAGE32;
        match target {
            // Leaves room for the index.
            Target::Data if paging && dice.once_in(3) => {
                WINDOW + PAGE32 + dice.below(13 * PAGE) as u32
            }
            Target::Data => DATA + dice.below(0x1_0000) as u32,
            Target::Device if paging && dice.once_in(2) => {
                let device = dice.pick(&[WindowPage::Device, WindowPage::High]);
                match dice.below(6) {
                    0 => page(WindowPage::Device) - 8 + dice.below(16) as u32,
                    _ => page(device) + dice.below(PAGE - 8) as u32,
                }
            }
            Target::Device => match dice.below(8) {
                0 => HOLE - 8 + dice.below(16) as u32,
                1 => HOLE + HOLE_PAGES * PAGE32 - 8 + dice.below(16) as u32,
                2 => HOLE + PAGE32 - 8 + dice.below(16) as u32,
                3 => ROM + dice.below(PAGE - 8) as u32,
                _ => HOLE + dice.below(2 * PAGE) as u32,
            },
            Target::Fault => match dice.below(4) {
                0 => page(WindowPage::Absent) - 8 + dice.below(16) as u32,
                1 => page(WindowPage::ReadOnly) + dice.below(PAGE) as u32,
                _ => page(WindowPage::Absent) + dice.below(PAGE) as u32,
            },
        }
    }

    /// Returns a segment for an address, and the offset in it.
    fn segment(&mut self, linear: u32) -> (Register, u32) {
        let dice = &mut self.emitter.dice;
        match dice.below(8) {
            0 => (Register::FS, linear - FS_BASE),
            1 if linear >= HOLE - 8 => (Register::GS, linear - GS_BASE),
            2 => (
                dice.pick(&[Register::ES, Register::SS, Register::DS]),
                linear,
            ),
            _ => (None, linear),
        }
    }

    /// Sets an instruction's addresses.
    pub fn address(
        &mut self,
        instruction: &mut Instruction,
        target: Target,
        before: &mut Vec<Instruction>,
    ) -> Result<()> {
        for operand in 0..instruction.op_count() {
            match instruction.op_kind(operand) {
                OpKind::Memory => self.memory(instruction, operand, target, before)?,
                OpKind::MemorySegESI | OpKind::MemorySegRSI => {
                    let linear = self.string_target(instruction, target);
                    let (segment, offset) = self.segment(linear);
                    instruction.set_segment_prefix(segment);
                    before.push(Instruction::with2(
                        Code::Mov_r32_imm32,
                        Register::ESI,
                        offset,
                    )?);
                }
                OpKind::MemoryESEDI | OpKind::MemoryESRDI => {
                    let linear = self.string_target(instruction, target);
                    before.push(Instruction::with2(
                        Code::Mov_r32_imm32,
                        Register::EDI,
                        linear,
                    )?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// If both operands are addresses, one may be memory.
    fn string_target(&mut self, instruction: &Instruction, target: Target) -> u32 {
        let two = instruction.op0_kind() != OpKind::Register
            && instruction.op1_kind() != OpKind::Register;
        let data = two && self.emitter.dice.once_in(2);
        self.linear(if data { Target::Data } else { target })
    }

    fn memory(
        &mut self,
        instruction: &mut Instruction,
        operand: u32,
        target: Target,
        before: &mut Vec<Instruction>,
    ) -> Result<()> {
        use Mnemonic::{Bt, Btc, Btr, Bts};
        let linear = self.linear(target);
        let (segment, offset) = self.segment(linear);
        instruction.set_segment_prefix(segment);
        if instruction.mnemonic() == Mnemonic::Xlatb {
            instruction.set_memory_base(self.wide(Register::EBX));
            instruction.set_memory_index(Register::AL);
            before.push(Instruction::with2(
                Code::Mov_r32_imm32,
                Register::EBX,
                offset,
            )?);
            return Ok(());
        }
        let kinds = instruction.op_code().op_kinds();
        if kinds[operand as usize] == iced_x86::OpCodeOperandKind::mem_offs {
            instruction.set_memory_displ_size(self.mode.bits() / 8);
            instruction.set_memory_displacement64(offset.into());
            return Ok(());
        }
        if matches!(instruction.mnemonic(), Bt | Btc | Btr | Bts)
            && instruction.op1_register() != None
        {
            // A large bit offset would access another place.
            before.push(self.narrowed(instruction.op1_register())?);
        }
        let room = offset < 0xf000;
        if self.mode.bits() == 32 && room && self.emitter.dice.once_in(3) {
            return self.short(instruction, offset, before);
        }
        self.long(instruction, offset, before)
    }

    /// Sets an address of 32 or 64 bits.
    fn long(
        &mut self,
        instruction: &mut Instruction,
        offset: u32,
        before: &mut Vec<Instruction>,
    ) -> Result<()> {
        let wide = self.mode.bits() == 64 && !self.emitter.dice.once_in(6);
        let register = |number: u32| match wide {
            true => Register::RAX + number,
            false => Register::EAX + number,
        };
        let (base, index) = (self.general(), self.general());
        let dice = &mut self.emitter.dice;
        let (has_base, has_index) = (!dice.once_in(6), dice.once_in(3));
        if wide && !has_base && dice.once_in(2) {
            instruction.set_memory_base(Register::RIP);
            instruction.set_memory_displ_size(8);
            instruction.set_memory_displacement64(offset.into());
            return Ok(());
        }
        let (size, displacement) = match dice.below(3) {
            0 => (0, 0),
            1 => (1, dice.byte() as i8 as i32),
            _ => (4, (dice.u32() & 0x7fff) as i32),
        };
        if has_index {
            instruction.set_memory_index(register(index));
            instruction.set_memory_index_scale(1 << dice.below(4));
            before.push(self.narrowed(Register::EAX + index)?);
        }
        let (size, displacement) = if has_base && !(has_index && base == index) {
            let value = offset.wrapping_sub(displacement as u32);
            before.push(Instruction::with2(
                Code::Mov_r32_imm32,
                Register::EAX + base,
                value,
            )?);
            (size, i64::from(displacement))
        } else {
            (4, i64::from(offset))
        };
        if has_base {
            instruction.set_memory_base(register(base));
        }
        let size = if size == 4 && wide { 8 } else { size };
        instruction.set_memory_displ_size(size);
        let displacement = displacement as u64;
        instruction.set_memory_displacement64(match wide {
            true => displacement,
            false => u64::from(displacement as u32),
        });
        Ok(())
    }

    /// Sets an address of 16 bits.
    fn short(
        &mut self,
        instruction: &mut Instruction,
        offset: u32,
        before: &mut Vec<Instruction>,
    ) -> Result<()> {
        use Register::{BP, BX, DI, SI};
        let dice = &mut self.emitter.dice;
        let base = dice.pick(&[BX, BP, SI, DI]);
        let index = match base {
            BX | BP => dice.pick(&[SI, DI, None]),
            _ => None,
        };
        let (size, displacement) = match dice.below(2) {
            0 => (1, u32::from(dice.byte() as i8 as u16)),
            _ => (2, dice.u32() & 0xfff),
        };
        if index != None {
            before.push(self.narrowed(index)?);
        }
        let value = offset.wrapping_sub(displacement) & 0xffff;
        before.push(Instruction::with2(Code::Mov_r16_imm16, base, value)?);
        instruction.set_memory_base(base);
        instruction.set_memory_index(index);
        instruction.set_memory_displ_size(size);
        instruction.set_memory_displacement64(displacement.into());
        Ok(())
    }

    /// Returns an instruction that makes a register less than 256.
    fn narrowed(&mut self, register: Register) -> Result<Instruction> {
        let wide = register.full_register32();
        let low = R8[wide.number() % 4];
        let low = match wide.number() {
            number if number >= 8 => Register::R8L + (number as u32 - 8),
            _ => low,
        };
        Ok(Instruction::with2(Code::Movzx_r32_rm8, wide, low)?)
    }
}
