// SPDX-License-Identifier: GPL-2.0

//! Executes an instruction at which the CPU stopped, in protected and long mode. In real mode, the
//! interpreter does this.
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
    guest_paging::Access,
    instruction::{
        Instruction,
        Operation::*, //
    },
    mode::Mode,
};
use crate::{
    emulator::{
        flags::CF,
        Cpu,
        Stop, //
    },
    uapi::kvm::KvmSregs,
    vcpu::bus::VcpuBus, //
};

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

/// The state of an instruction in progress.
pub(super) struct Emulator<'a> {
    pub(super) cpu: &'a mut Cpu,
    pub(super) sregs: &'a mut KvmSregs,
    pub(super) bus: VcpuBus<'a>,
    pub(super) mode: Mode,
}

impl Emulator<'_> {
    /// Executes the instruction, or one iteration if it repeats. Returns whether it is complete.
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
                // If the operand is also written, the page fault is one of a write.
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
}
