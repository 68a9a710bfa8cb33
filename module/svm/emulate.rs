// SPDX-License-Identifier: GPL-2.0

//! An instruction at which the CPU stopped, executed here: in protected and long mode, what
//! the interpreter does in real mode.
//!
//! Counterpart: `x86_emulate_insn()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use kernel::prelude::*;

use super::{
    alu::{
        alu,
        ADD,
        AND,
        CMP,
        SUB, //
    },
    code::sign_extend,
    guest_paging::{
        Access,
        Walker, //
    },
    instruction::{
        Instruction,
        Operation::*,
        ES, //
    },
    mode::Mode,
};
use crate::{
    emulator::{
        flags::{
            CF,
            DF,
            RF, //
        },
        Cpu,
        Stop, //
    },
    uapi::kvm::KvmSregs,
    vcpu::{
        bus::VcpuBus,
        mmio::Fragment,
        sregs::segments_of, //
    },
    vm::guest_memory::within_page, //
};

const RCX: usize = 1;
const RDX: usize = 2;
const RSI: usize = 6;
const RDI: usize = 7;
const SS: usize = 2;
const FS: usize = 4;

/// How many bytes KVM reads from a port at once, at most.
const READ_AHEAD: u64 = 1024;

/// Why an instruction did not complete.
pub(super) enum Trap {
    Exception { vector: u8, error_code: u32 },
    PageFault { address: u64, error_code: u32 },
    Stop(Stop<Error>),
}

impl From<Stop<Error>> for Trap {
    fn from(stop: Stop<Error>) -> Self {
        Trap::Stop(stop)
    }
}

impl From<Error> for Trap {
    fn from(error: Error) -> Self {
        Trap::Stop(error.into())
    }
}

/// An instruction under way.
pub(super) struct Emulator<'a> {
    pub(super) cpu: &'a mut Cpu,
    pub(super) sregs: &'a mut KvmSregs,
    pub(super) bus: VcpuBus<'a>,
    pub(super) mode: Mode,
}

impl Emulator<'_> {
    /// Executes the instruction. Of one that is repeated, executes one iteration, and RIP stays.
    pub(super) fn execute(&mut self, it: &Instruction) -> Result<bool, Trap> {
        if matches!(it.operation, Movs | Stos | Lods | Ins | Outs) {
            return self.string(it);
        }
        let source = it
            .immediate
            .unwrap_or_else(|| it.register.get(&self.cpu.regs));
        let mut rflags = self.cpu.rflags;
        let memory = match it.operation {
            Store => 0,
            operation => match self.read(it.segment, it.offset, it.size) {
                // What is written as well is faulted in for writing.
                Err(Trap::PageFault {
                    address,
                    error_code,
                }) if operation.modifies() => {
                    let error_code = error_code | Access::Write as u32;
                    return Err(Trap::PageFault {
                        address,
                        error_code,
                    });
                }
                memory => memory?,
            },
        };
        let mut load = None;
        let mut store = None;
        match it.operation {
            Load => load = Some(memory),
            LoadSigned => load = Some(sign_extend(memory, it.size)),
            Store => store = Some(source),
            Alu(CMP, to_memory) => {
                let (a, b) = if to_memory {
                    (memory, source)
                } else {
                    (source, memory)
                };
                alu(CMP, it.size, a, b, &mut rflags);
            }
            Alu(operation, true) => {
                store = Some(alu(operation, it.size, memory, source, &mut rflags))
            }
            Alu(operation, false) => {
                load = Some(alu(operation, it.size, source, memory, &mut rflags))
            }
            Test => {
                alu(AND, it.size, memory, source, &mut rflags);
            }
            Xchg => (load, store) = (Some(memory), Some(source)),
            Not => store = Some(!memory),
            Neg => store = Some(alu(SUB, it.size, 0, memory, &mut rflags)),
            operation => {
                let operation = if operation == Inc { ADD } else { SUB };
                store = Some(alu(operation, it.size, memory, 1, &mut rflags));
                rflags = rflags & !CF | self.cpu.rflags & CF;
            }
        }
        if let Some(value) = store {
            self.write(it.segment, it.offset, it.size, value)?;
        }
        if let Some(value) = load {
            it.register.set(&mut self.cpu.regs, value);
        }
        self.cpu.rflags = rflags;
        Ok(true)
    }

    /// Returns whether the instruction is over.
    fn string(&mut self, it: &Instruction) -> Result<bool, Trap> {
        let mask = it.address_mask;
        let count = self.cpu.regs[RCX] & mask;
        if it.repeat && count == 0 {
            return Ok(true);
        }
        let port = self.cpu.regs[RDX] as u16;
        let to = self.cpu.regs[RDI] & mask;
        match it.operation {
            Movs => {
                let value = self.read(it.segment, it.offset, it.size)?;
                self.write(ES, to, it.size, value)?;
            }
            Stos => self.write(ES, to, it.size, it.register.get(&self.cpu.regs))?,
            Lods => {
                let value = self.read(it.segment, it.offset, it.size)?;
                it.register.set(&mut self.cpu.regs, value);
            }
            Ins => {
                // What was read from a port and cannot be stored would be lost.
                self.linear(ES, to, it.size)?;
                let values = if it.repeat {
                    self.read_ahead(count, it.size)
                } else {
                    1
                };
                let mut data = [0; 8];
                let value = data.get_mut(..it.size).unwrap_or_default();
                self.bus.emulator_pio_in(port, value, values)?;
                self.write(ES, to, it.size, u64::from_le_bytes(data))?;
            }
            _ => {
                let data = self.read(it.segment, it.offset, it.size)?.to_le_bytes();
                let value = data.get(..it.size).unwrap_or_default();
                self.bus.emulator_pio_out_string(port, value);
            }
        }
        let step = match self.cpu.rflags & DF {
            0 => it.size as u64,
            _ => (it.size as u64).wrapping_neg(),
        };
        if matches!(it.operation, Movs | Lods | Outs) {
            self.advance(RSI, mask, step);
        }
        if matches!(it.operation, Movs | Stos | Ins) {
            self.advance(RDI, mask, step);
        }
        if it.repeat {
            // No breakpoint stops it before the next iteration.
            self.cpu.rflags |= RF;
            self.advance(RCX, mask, 1u64.wrapping_neg());
        }
        // Only the next iteration finds out that there is none.
        Ok(!it.repeat)
    }

    /// Adds to a register as many bits as an address has. 32 bits clear the upper half.
    fn advance(&mut self, register: usize, mask: u64, step: u64) {
        let value = &mut self.cpu.regs[register];
        let sum = value.wrapping_add(step) & mask;
        *value = if mask == 0xffff {
            *value & !mask | sum
        } else {
            sum
        };
    }

    /// How many values `rep ins` may read at once: `pio_in_emulated()`.
    fn read_ahead(&self, count: u64, size: usize) -> u32 {
        let in_page = self.cpu.regs[RDI] & 0xfff;
        let in_page = match self.cpu.rflags & DF {
            0 => 0x1000 - in_page,
            _ => in_page,
        };
        count.min(in_page).min(READ_AHEAD / size as u64).max(1) as u32
    }

    /// The linear address of an operand: `linearize()`.
    fn linear(&mut self, segment: usize, offset: u64, size: usize) -> Result<u64, Trap> {
        let last = offset.wrapping_add(size as u64 - 1);
        let fault = Trap::Exception {
            vector: if segment == SS { 12 } else { 13 },
            error_code: 0,
        };
        let segments = segments_of(self.sregs);
        let it = &segments[segment];
        if self.mode == Mode::Bits64 {
            let base = if segment >= FS { it.base } else { 0 };
            let linear = base.wrapping_add(offset);
            let is_canonical = |address: u64| (address << 16) as i64 >> 16 == address as i64;
            return match is_canonical(linear) && is_canonical(base.wrapping_add(last)) {
                true => Ok(linear),
                false => Err(fault),
            };
        }
        // A data segment that expands down begins where others end.
        let down = it.type_ & 0xc == 4;
        let top = if it.db != 0 { u32::MAX } else { 0xffff };
        let valid = match down {
            false => last >= offset && last <= it.limit.into(),
            true => offset > it.limit.into() && last >= offset && last <= top.into(),
        };
        match valid && it.present != 0 {
            true => Ok((it.base.wrapping_add(offset)) & u64::from(u32::MAX)),
            false => Err(fault),
        }
    }

    fn translate(&mut self, linear: u64, access: Access) -> Result<u64, Trap> {
        let io = &mut *self.bus.io;
        let walker = Walker::of_guest(&self.bus.vcpu.vm, self.sregs, &io.cpuid);
        let gpa = walker.gva_to_gpa(&mut io.slots, linear, access)?;
        gpa.map_err(|fault| Trap::PageFault {
            address: linear,
            error_code: fault.0,
        })
    }

    /// Where the parts of an access are that lie in a page each: how long the first is, and both.
    fn pages(
        &mut self,
        linear: u64,
        size: usize,
        access: Access,
    ) -> Result<(usize, [u64; 2]), Trap> {
        let first = within_page(linear, size);
        let gpa = self.translate(linear, access)?;
        let next = match first < size {
            true => self.translate(linear.wrapping_add(first as u64), access)?,
            false => 0,
        };
        Ok((first, [gpa, next]))
    }

    fn read(&mut self, segment: usize, offset: u64, size: usize) -> Result<u64, Trap> {
        let linear = self.linear(segment, offset, size)?;
        let (first, gpas) = self.pages(linear, size, Access::Read)?;
        let mut data = [0; 8];
        let (mut at, mut length) = (0, first);
        for gpa in gpas {
            let part = data.get_mut(at..at + length).unwrap_or_default();
            if !part.is_empty() {
                self.bus.read_onepage(gpa, part)?;
            }
            (at, length) = (first, size - first);
        }
        Ok(u64::from_le_bytes(data))
    }

    fn write(&mut self, segment: usize, offset: u64, size: usize, value: u64) -> Result<(), Trap> {
        let linear = self.linear(segment, offset, size)?;
        let (first, [gpa, next]) = self.pages(linear, size, Access::Write)?;
        let data = value.to_le_bytes();
        let (data, rest) = data.get(..size).unwrap_or_default().split_at(first);
        let mut fragments: [Option<Fragment>; 2] = [self.bus.write_onepage(gpa, data)?, None];
        if !rest.is_empty() {
            fragments[1] = self.bus.write_onepage(next, rest)?;
        }
        self.bus.write_to_userspace(fragments);
        Ok(())
    }
}
