// SPDX-License-Identifier: GPL-2.0

//! [`VcpuBus`]: what the interpreter's processor is connected to.
//!
//! Counterpart: `emulate_ops` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::{
    prelude::*,
    sync::lock::mutex::MutexGuard, //
};

use super::{
    mmio::Mmio,
    pio::PortIo,
    State,
    Vcpu, //
};
use crate::{
    cpuid::Cpuid,
    emulator::{
        Bus,
        Cpu, //
    },
    vm::memory_slots::{
        within_page,
        Access,
        MemorySlots, //
    }, //
};

/// Why an instruction stopped.
pub(super) enum Outcome {
    /// User space has to do something, and `kvm_run` says what.
    Exit,
    /// There is no memory where the instruction would be, or would go on. Its bytes up to there.
    NoCode([u8; 15], usize),
    /// `KVM_RUN` fails.
    Error(Error),
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Outcome::Error(error)
    }
}

// ANCHOR: vcpu-bus
/// The bus of one processor, for one instruction.
pub(super) struct VcpuBus<'a> {
    pub(super) vcpu: &'a Vcpu,
    pub(super) port_io: &'a mut PortIo,
    pub(super) mmio: &'a mut Mmio,
    pub(super) linear_rip: u64,
    /// That `KVM_RUN` is to return when the instruction has completed, and `kvm_run` says why.
    pub(super) posted: bool,
    cpuid: &'a Cpuid,
    /// The bytes of the instruction that have been fetched.
    code: [u8; 15],
    fetched: usize,
    /// The machine's memory, while an instruction keeps all others from it.
    locked: Option<MutexGuard<'a, MemorySlots>>,
}
// ANCHOR_END: vcpu-bus

impl State {
    /// The processor, and its bus.
    pub(super) fn cpu_and_bus<'a>(&'a mut self, vcpu: &'a Vcpu) -> (&'a mut Cpu, VcpuBus<'a>) {
        let linear_rip = self.linear_rip();
        let bus = VcpuBus {
            vcpu,
            port_io: &mut self.port_io,
            mmio: &mut self.mmio,
            linear_rip,
            posted: false,
            cpuid: &self.cpuid,
            code: [0; 15],
            fetched: 0,
            locked: None,
        };
        (&mut self.cpu, bus)
    }

    /// Where the next instruction is.
    pub(super) fn linear_rip(&self) -> u64 {
        const CS: usize = 1;
        u64::from(self.cpu.segments[CS].base).wrapping_add(self.cpu.rip)
    }
}

impl VcpuBus<'_> {
    /// Has the memory for one access, or for as long as the instruction has it locked.
    pub(super) fn with_memory<T>(&mut self, access: impl FnOnce(&mut MemorySlots) -> T) -> T {
        match &mut self.locked {
            Some(memory) => access(memory),
            None => access(&mut self.vcpu.vm.memory.lock()),
        }
    }
}

impl Bus for VcpuBus<'_> {
    type Stop = Outcome;

    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Outcome> {
        let length = within_page(address.into(), bytes.len());
        let bytes = bytes.get_mut(..length).unwrap_or_default();
        match self.with_memory(|memory| memory.read(address.into(), bytes))? {
            Access::Done => {
                if let Some(free) = self.code.get_mut(self.fetched..self.fetched + length) {
                    free.copy_from_slice(bytes);
                    self.fetched += length;
                }
                Ok(length)
            }
            Access::Mmio => Err(Outcome::NoCode(self.code, self.fetched)),
        }
    }

    fn read(&mut self, address: u32, data: &mut [u8]) -> Result<(), Outcome> {
        self.read_memory(address, data)
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Outcome> {
        self.write_memory(address, data)
    }

    fn lock(&mut self) {
        let vcpu = self.vcpu;
        self.locked.get_or_insert_with(|| vcpu.vm.memory.lock());
    }

    fn input(&mut self, port: u16, data: &mut [u8]) -> Result<(), Outcome> {
        self.port_in(port, data, 1)
    }

    fn output(&mut self, port: u16, data: &[u8]) -> Result<(), Outcome> {
        self.port_out(port, data)
    }

    fn input_string(&mut self, port: u16, data: &mut [u8], ahead: u32) -> Result<(), Outcome> {
        self.port_in(port, data, ahead)
    }

    fn output_string(&mut self, port: u16, data: &[u8]) -> Result<(), Outcome> {
        self.port_out_string(port, data);
        Ok(())
    }

    fn is_pending(&self) -> bool {
        self.posted || matches!(self.port_io, PortIo::Answered { .. })
    }

    fn cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4] {
        self.cpuid.query(leaf, subleaf)
    }
}
