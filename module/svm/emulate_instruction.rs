// SPDX-License-Identifier: GPL-2.0

//! Fetches and executes the instruction at which the guest stopped, in protected and long mode.
//!
//! Counterparts: `x86_emulate_instruction()`, `kvm_fast_pio()` and `kvm_skip_emulated_instruction()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c); `kvm_emulate_cpuid()` in
//! [`arch/x86/kvm/cpuid.c`](srctree/arch/x86/kvm/cpuid.c).

use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};

use super::{
    code::Code,
    emulate::{
        Emulator,
        Trap, //
    },
    events::{
        GP_VECTOR,
        PF_VECTOR,
        UD_VECTOR, //
    },
    exits::{
        EXIT_CPUID,
        EXIT_HLT,
        EXIT_IOIO, //
    },
    guest_paging::{
        Access,
        Walker, //
    },
    instruction::Instruction,
    mode::Mode,
};
use crate::{
    abstractions::page_fault::Wait,
    emulator::{
        flags::{
            RF,
            TF, //
        },
        Bus,
        Exception,
        Stop, //
    },
    vcpu::{
        bus::{
            Pending,
            VcpuBus, //
        },
        sregs::CR0_PE,
        State,
        Vcpu, //
    },
    vm::guest_memory::within_page, //
};

const RAX: usize = 0;
const RBX: usize = 3;
const RCX: usize = 1;
const RDX: usize = 2;

/// The maximum length of an instruction.
const MAX_INSTRUCTION: usize = 15;

// Bits of `exit_info_1` for a port access.
const IOIO_IN: u64 = 1 << 0;
const IOIO_STRING: u64 = 1 << 2;

impl State {
    /// Executes the instruction. It is `Unhandleable` if the vCPU's engine is not SVM.
    pub(crate) fn emulate_protected(&mut self, vcpu: &Vcpu) -> Result<(), Stop<Error>> {
        let (mut bytes, mut length) = ([0; MAX_INSTRUCTION], 0);
        match self.try_emulate(vcpu, &mut bytes, &mut length) {
            Ok(()) => Ok(()),
            Err(Trap::Stop(Stop::Unhandleable))
                if self.svm.is_some()
                    && self.sregs.ss.dpl != 0
                    && !vcpu.vm.exit_on_emulation_failure.load(Relaxed) =>
            {
                // User code in the guest must not be able to stop the whole VM.
                self.queue_ud();
                Ok(())
            }
            Err(Trap::Stop(stop)) => {
                let code = bytes.get(..length).unwrap_or_default();
                self.decode_cache.fetch.show(code);
                Err(stop)
            }
            Err(Trap::Exception { vector, error_code }) => {
                self.queue(vector, error_code);
                Ok(())
            }
            Err(Trap::PageFault {
                address,
                error_code,
            }) => {
                self.sregs.cr2 = address;
                self.queue(PF_VECTOR, error_code);
                Ok(())
            }
        }
    }

    fn try_emulate(
        &mut self,
        vcpu: &Vcpu,
        bytes: &mut [u8; MAX_INSTRUCTION],
        length: &mut usize,
    ) -> Result<(), Trap> {
        let Some(svm) = &self.svm else {
            return Err(Stop::Unhandleable.into());
        };
        let control = &svm.vmcb.control;
        let (code, info, next) = (control.exit_code, control.exit_info_1, control.exit_info_2);
        match code {
            EXIT_CPUID => {
                let (leaf, subleaf) = (self.cpu.regs[RAX] as u32, self.cpu.regs[RCX] as u32);
                let answer = self.io.cpuid.query(leaf, subleaf);
                // First: it may fail, and then the instruction is executed again.
                self.skip(vcpu, 2)?;
                for (register, value) in [RAX, RBX, RCX, RDX].into_iter().zip(answer) {
                    self.cpu.regs[register] = value.into();
                }
                Ok(())
            }
            EXIT_HLT => {
                self.skip(vcpu, 1)?;
                VcpuBus {
                    vcpu,
                    io: &mut self.io,
                }
                .halt();
                Ok(())
            }
            EXIT_IOIO if info & IOIO_STRING == 0 => {
                let (port, size) = ((info >> 16) as u16, (info >> 4 & 7) as usize);
                self.fast_pio(vcpu, port, size, info & IOIO_IN != 0)?;
                self.go_to(next);
                Ok(())
            }
            _ => {
                *length = self.fetch(vcpu, bytes)?;
                let code = bytes.get(..*length).unwrap_or_default();
                let mut sregs = self.get_sregs();
                let mode = Mode::of(&sregs);
                let it = Instruction::decode(&mut Code::new(code), mode, &self.cpu)
                    .ok_or(Stop::Unhandleable)?;
                let mut emulator = Emulator {
                    cpu: &mut self.cpu,
                    sregs: &mut sregs,
                    bus: VcpuBus {
                        vcpu,
                        io: &mut self.io,
                    },
                    mode,
                };
                if emulator.execute(&it)? {
                    self.go_to(self.cpu.rip.wrapping_add(it.length));
                }
                Ok(())
            }
        }
    }

    /// Executes `in` or `out` with the operands that the CPU reported.
    fn fast_pio(&mut self, vcpu: &Vcpu, port: u16, size: usize, is_in: bool) -> Result<(), Trap> {
        let mut bus = VcpuBus {
            vcpu,
            io: &mut self.io,
        };
        let rax = &mut self.cpu.regs[RAX];
        let mut data = rax.to_le_bytes();
        let value = data.get_mut(..size).unwrap_or_default();
        if !is_in {
            return Ok(bus.emulator_pio_out(port, value)?);
        }
        bus.emulator_pio_in(port, value, 1)?;
        *rax = u64::from_le_bytes(data);
        if size == 4 {
            *rax &= u64::from(u32::MAX);
        }
        Ok(())
    }

    /// Fetches the bytes of the instruction, as many as are readable. Returns their number.
    fn fetch(&mut self, vcpu: &Vcpu, bytes: &mut [u8; MAX_INSTRUCTION]) -> Result<usize, Trap> {
        let sregs = self.get_sregs();
        let linear = self.linear_rip();
        self.io.slots.refresh(&vcpu.vm);
        let (vm, slots) = (&vcpu.vm, &mut self.io.slots);
        let walker = Walker::of_guest(vm, &sregs, &self.io.cpuid);
        let mut fetched = 0;
        while fetched < MAX_INSTRUCTION {
            let linear = linear.wrapping_add(fetched as u64);
            let end = fetched + within_page(linear, MAX_INSTRUCTION - fetched);
            let part = bytes.get_mut(fetched..end).unwrap_or_default();
            match walker.gva_to_gpa(slots, linear, Access::Fetch)? {
                Ok(gpa) if vm.read_guest_page(&mut slots.code, gpa, part, Wait::Killable)? => {
                    fetched = end;
                }
                Err(fault) if fetched == 0 => {
                    return Err(Trap::PageFault {
                        address: linear,
                        error_code: fault.0,
                    })
                }
                _ => break,
            }
        }
        Ok(fetched)
    }

    /// Fetches what the CPU has just fetched. Returns 0 if the guest has unmapped it meanwhile.
    pub(super) fn fetch_again(
        &mut self,
        vcpu: &Vcpu,
        bytes: &mut [u8; MAX_INSTRUCTION],
    ) -> Result<usize> {
        match self.fetch(vcpu, bytes) {
            Err(Trap::Stop(Stop::Error(error))) => Err(error),
            length => Ok(length.unwrap_or(0)),
        }
    }

    /// Moves RIP to the next instruction. `opcode` is the length of this one without its prefixes.
    pub(super) fn skip(&mut self, vcpu: &Vcpu, opcode: u64) -> Result {
        let mut bytes = [0; MAX_INSTRUCTION];
        let length = self.fetch_again(vcpu, &mut bytes)?;
        let code = Code::new(bytes.get(..length).unwrap_or_default());
        let prefixes = code.prefixes(Mode::of(&self.get_sregs())) as u64;
        self.go_to(self.cpu.rip.wrapping_add(prefixes + opcode));
        Ok(())
    }

    /// Completes the instruction, and with it a single step.
    pub(super) fn go_to(&mut self, rip: u64) {
        let long = Mode::of(&self.get_sregs()) == Mode::Bits64;
        self.cpu.rip = if long { rip } else { u64::from(rip as u32) };
        self.cpu.rflags &= !RF;
        self.events.interrupt_shadow = false;
        if self.cpu.rflags & TF != 0 && self.io.pending != Pending::Exit {
            self.exception = Some(Exception::Debug);
        }
    }

    /// Injects an exception, with an error code in protected mode.
    fn queue(&mut self, vector: u8, error_code: u32) {
        let protected = self.cpu.cr0 & CR0_PE != 0;
        self.cpu.rflags |= RF;
        if let Some(svm) = &mut self.svm {
            svm.queue_exception(vector, protected.then_some(error_code));
        }
    }

    fn queue_ud(&mut self) {
        self.cpu.rflags |= RF;
        if let Some(svm) = &mut self.svm {
            svm.queue_exception(UD_VECTOR, None);
        }
    }

    pub(super) fn queue_gp(&mut self) {
        self.queue(GP_VECTOR, 0);
    }
}
