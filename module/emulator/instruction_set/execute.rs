// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The instruction set, one line for each operation.
//!
//! Counterpart: the second half of `x86_emulate_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        exceptions::Exception::InvalidOpcode,
        flags::{
            CF,
            DF,
            IF,
            ZF, //
        },
        registers::SegmentRegister, //
    },
    Bus,
    Context,
    Cpu,
    Instruction,
    Operation::*,
    Stop, //
};

impl<B: Bus> Context<'_, B> {
    pub(crate) fn execute(&mut self, instruction: &Instruction) -> Result<(), Stop<B::Error>> {
        let operands = instruction.operands;
        let [first, second, _] = operands;
        let code = self.opcode;
        let size = self.prefixes.operand_size;
        match instruction.operation {
            // Data transfer.
            Mov | Movzx | Xlat => self.mov(first, second)?,
            Movsx => self.movsx(first, second)?,
            Cmovcc => self.cmovcc(code, first, second)?,
            Xchg => self.xchg(first, second)?,
            Bswap => self.modify_alone(first, Cpu::bswap)?,
            Xadd => self.xadd(first, second)?,
            Cmpxchg => self.cmpxchg(first, second)?,
            Cbw => self.cpu.cbw(size),
            Cwd => self.cpu.cwd(size),
            Push => self.push_operand(first)?,
            Pop => self.pop_operand(first)?,
            Pusha => self.pusha()?,
            Popa => self.popa()?,

            // Binary arithmetic.
            Add => self.modify(first, second, Cpu::add)?,
            Adc => self.modify(first, second, Cpu::adc)?,
            Sub => self.modify(first, second, Cpu::sub)?,
            Sbb => self.modify(first, second, Cpu::sbb)?,
            Cmp => self.compare(first, second, Cpu::sub)?,
            Inc => self.modify_alone(first, Cpu::inc)?,
            Dec => self.modify_alone(first, Cpu::dec)?,
            Neg => self.modify_alone(first, Cpu::neg)?,
            Mul => self.mul(first)?,
            Imul => self.imul(operands)?,
            Div => self.divide(first, Cpu::div)?,
            Idiv => self.divide(first, Cpu::idiv)?,

            // Decimal arithmetic.
            Daa => self.cpu.daa(),
            Das => self.cpu.das(),
            Aaa => self.cpu.aaa(),
            Aas => self.cpu.aas(),
            Aam => {
                let base = self.read_operand(first)?;
                self.cpu.aam(base)?;
            }
            Aad => {
                let base = self.read_operand(first)?;
                self.cpu.aad(base);
            }

            // Logical.
            And => self.modify(first, second, Cpu::and)?,
            Or => self.modify(first, second, Cpu::or)?,
            Xor => self.modify(first, second, Cpu::xor)?,
            Not => self.modify_alone(first, Cpu::not)?,
            Test => self.compare(first, second, Cpu::and)?,

            // Shift and rotate.
            Rol => self.modify(first, second, Cpu::rol)?,
            Ror => self.modify(first, second, Cpu::ror)?,
            Rcl => self.modify(first, second, Cpu::rcl)?,
            Rcr => self.modify(first, second, Cpu::rcr)?,
            Shl => self.modify(first, second, Cpu::shl)?,
            Shr => self.modify(first, second, Cpu::shr)?,
            Sar => self.modify(first, second, Cpu::sar)?,
            Shld => self.double_shift(operands, Cpu::shld)?,
            Shrd => self.double_shift(operands, Cpu::shrd)?,

            // Bit and byte.
            Bt => self.bit_test(first, second)?,
            Bts => self.bit_modify(first, second, Cpu::bts)?,
            Btr => self.bit_modify(first, second, Cpu::btr)?,
            Btc => self.bit_modify(first, second, Cpu::btc)?,
            Bsf => self.modify(first, second, Cpu::bsf)?,
            Bsr => self.modify(first, second, Cpu::bsr)?,
            Setcc => self.setcc(code, first)?,

            // Control transfer.
            Jmp => self.jmp(first)?,
            JmpFar => self.jmp_far(first)?,
            Jcc => self.jcc(code, first)?,
            Jcxz => self.jcxz(first)?,
            Loop => self.loop_while(true, first)?,
            Loope => self.loop_while(self.cpu.flag(ZF), first)?,
            Loopne => self.loop_while(!self.cpu.flag(ZF), first)?,
            Call => self.call(first)?,
            CallFar => self.call_far(first)?,
            Ret => self.ret(first)?,
            RetFar => self.ret_far(first)?,
            Int => {
                let vector = self.read_operand(first)?;
                self.int(vector as u8)?;
            }
            Int1 => self.int(1)?,
            Int3 => self.int(3)?,
            Into => self.into()?,
            Iret => self.iret()?,
            Bound => self.bound(first, second)?,

            // String.
            Movs | Cmps | Scas | Lods | Stos | Ins | Outs => self.string(instruction)?,

            // I/O.
            In => self.em_in(first, second)?,
            Out => self.em_out(first, second)?,

            // Enter and leave.
            Enter => self.enter(first, second)?,
            Leave => self.leave()?,

            // Flag control.
            Stc => self.cpu.set_flag(CF, true),
            Clc => self.cpu.set_flag(CF, false),
            Cmc => self.cpu.rflags ^= CF,
            Std => self.cpu.set_flag(DF, true),
            Cld => self.cpu.set_flag(DF, false),
            Sti => self.cpu.set_flag(IF, true),
            Cli => self.cpu.set_flag(IF, false),
            Lahf => self.cpu.lahf(),
            Sahf => self.cpu.sahf(),
            Pushf => self.pushf()?,
            Popf => self.popf()?,
            Salc => self.cpu.salc(),

            // Segment register.
            Les => self.load_pointer(SegmentRegister::Es, first, second)?,
            Lss => self.load_pointer(SegmentRegister::Ss, first, second)?,
            Lds => self.load_pointer(SegmentRegister::Ds, first, second)?,
            Lfs => self.load_pointer(SegmentRegister::Fs, first, second)?,
            Lgs => self.load_pointer(SegmentRegister::Gs, first, second)?,

            // Miscellaneous.
            Lea => self.lea(first, second)?,
            Nop => (),
            Cpuid => self.cpuid(),
            Ud1 | Ud2 => return Err(InvalidOpcode.into()),

            // System.
            Hlt => self.bus.halt(),
            Wait => self.cpu.wait()?,
            Sgdt => self.store_table(first, self.cpu.gdt)?,
            Sidt => self.store_table(first, self.cpu.idt)?,
            Lgdt => self.cpu.gdt = self.load_table(first)?,
            Lidt => self.cpu.idt = self.load_table(first)?,
            Smsw => self.write_operand(first, self.cpu.cr0 as u32)?,
            Clts => self.cpu.clts(),
            // There are no caches.
            Invd | Wbinvd | Invlpg => (),
        }
        Ok(())
    }
}
