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
    Operation::*,
    Stop, //
};

impl<B: Bus> Context<'_, B> {
    pub(crate) fn execute(&mut self) -> Result<(), Stop<B::Error>> {
        let operands = &self.instruction.operands;
        let [first, second, _] = operands;
        let code = self.instruction.opcode;
        let size = self.operand_size();
        match self.instruction.operation {
            // Data transfer.
            Mov | Movzx => return self.mov(*first, *second),
            Movsx => return self.movsx(*first, *second),
            Cmovcc => return self.cmovcc(code, *first, *second),
            Xchg => return self.xchg(*first, *second),
            Bswap => return self.modify_alone(*first, Cpu::bswap),
            Xadd => return self.xadd(*first, *second),
            Cmpxchg => return self.cmpxchg(*first, *second),
            Cbw => self.cpu.cbw(size),
            Cwd => self.cpu.cwd(size),
            Push => return self.push_operand(*first),
            Pop => return self.pop_operand(*first),
            Pusha => return self.pusha(),
            Popa => return self.popa(),

            // Binary arithmetic.
            Add => return self.modify(*first, *second, Cpu::add),
            Adc => return self.modify(*first, *second, Cpu::adc),
            Sub => return self.modify(*first, *second, Cpu::sub),
            Sbb => return self.modify(*first, *second, Cpu::sbb),
            Cmp => return self.compare(*first, *second, Cpu::sub),
            Inc => return self.modify_alone(*first, Cpu::inc),
            Dec => return self.modify_alone(*first, Cpu::dec),
            Neg => return self.modify_alone(*first, Cpu::neg),
            Mul => return self.mul(*first),
            Imul => return self.imul(*operands),
            Div => return self.divide(*first, Cpu::div),
            Idiv => return self.divide(*first, Cpu::idiv),

            // Decimal arithmetic.
            Daa => self.cpu.daa(),
            Das => self.cpu.das(),
            Aaa => self.cpu.aaa(),
            Aas => self.cpu.aas(),
            Aam => {
                let base = self.read_operand(*first)?;
                self.cpu.aam(base)?;
            }
            Aad => {
                let base = self.read_operand(*first)?;
                self.cpu.aad(base);
            }

            // Logical.
            And => return self.modify(*first, *second, Cpu::and),
            Or => return self.modify(*first, *second, Cpu::or),
            Xor => return self.modify(*first, *second, Cpu::xor),
            Not => return self.modify_alone(*first, Cpu::not),
            Test => return self.compare(*first, *second, Cpu::and),

            // Shift and rotate.
            Rol => return self.modify(*first, *second, Cpu::rol),
            Ror => return self.modify(*first, *second, Cpu::ror),
            Rcl => return self.modify(*first, *second, Cpu::rcl),
            Rcr => return self.modify(*first, *second, Cpu::rcr),
            Shl => return self.modify(*first, *second, Cpu::shl),
            Shr => return self.modify(*first, *second, Cpu::shr),
            Sar => return self.modify(*first, *second, Cpu::sar),
            Shld => return self.double_shift(*operands, Cpu::shld),
            Shrd => return self.double_shift(*operands, Cpu::shrd),

            // Bit and byte.
            Bt => return self.bit_test(*first, *second),
            Bts => return self.bit_modify(*first, *second, Cpu::bts),
            Btr => return self.bit_modify(*first, *second, Cpu::btr),
            Btc => return self.bit_modify(*first, *second, Cpu::btc),
            Bsf => return self.modify(*first, *second, Cpu::bsf),
            Bsr => return self.modify(*first, *second, Cpu::bsr),
            Setcc => return self.setcc(code, *first),

            // Control transfer.
            Jmp => return self.jmp(*first),
            JmpFar => return self.jmp_far(*first),
            Jcc => return self.jcc(code, *first),
            Jcxz => return self.jcxz(*first),
            Loop => return self.loop_while(true, *first),
            Loope => return self.loop_while(self.cpu.flag(ZF), *first),
            Loopne => return self.loop_while(!self.cpu.flag(ZF), *first),
            Call => return self.call(*first),
            CallFar => return self.call_far(*first),
            Ret => return self.ret(*first),
            RetFar => return self.ret_far(*first),
            Int => {
                let vector = self.read_operand(*first)?;
                self.int(vector as u8)?;
            }
            Int1 => return self.int(1),
            Int3 => return self.int3(),
            Into => return self.into(),
            Iret => return self.iret(),
            Bound => return self.bound(*first, *second),

            // String.
            Movs | Cmps | Scas | Lods | Stos | Ins | Outs => return self.string(*first, *second),

            // I/O.
            In => return self.em_in(*first, *second),
            Out => return self.em_out(*first, *second),

            // Enter and leave.
            Enter => return self.enter(*first, *second),
            Leave => return self.leave(),

            // Flag control.
            Stc => self.cpu.set_flag(CF, true),
            Clc => self.cpu.set_flag(CF, false),
            Cmc => self.cpu.rflags ^= CF,
            Std => self.cpu.set_flag(DF, true),
            Cld => self.cpu.set_flag(DF, false),
            Sti => self.sti(),
            Cli => self.cpu.set_flag(IF, false),
            Lahf => self.cpu.lahf(),
            Sahf => self.cpu.sahf(),
            Pushf => return self.pushf(),
            Popf => return self.popf(),
            Salc => self.cpu.salc(),

            // Segment register.
            Les => return self.load_pointer(SegmentRegister::Es, *first, *second),
            Lss => return self.load_pointer(SegmentRegister::Ss, *first, *second),
            Lds => return self.load_pointer(SegmentRegister::Ds, *first, *second),
            Lfs => return self.load_pointer(SegmentRegister::Fs, *first, *second),
            Lgs => return self.load_pointer(SegmentRegister::Gs, *first, *second),

            // Miscellaneous.
            Lea => return self.lea(*first, *second),
            Nop => (),
            Xlat => return self.xlat(*first, *second),
            Cpuid => self.cpuid(),
            Ud1 | Ud2 => return Err(InvalidOpcode.into()),

            // System.
            Hlt => self.bus().halt(),
            Wait => self.cpu.wait()?,
            Sgdt => return self.store_table(*first, self.cpu.gdt),
            Sidt => return self.store_table(*first, self.cpu.idt),
            Lgdt => self.cpu.gdt = self.load_table(*first)?,
            Lidt => self.cpu.idt = self.load_table(*first)?,
            Smsw => return self.write_operand(*first, self.cpu.cr0 as u32),
            Clts => self.cpu.clts(),
            // There are no caches.
            Invd | Wbinvd | Invlpg => (),
        }
        Ok(())
    }
}
