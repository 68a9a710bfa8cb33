// SPDX-License-Identifier: GPL-2.0

//! [`VcpuBus`]: what the interpreter of a vCPU is connected to.
//!
//! Counterpart: `emulate_ops` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::{
    mmio::{
        Fragment,
        Mmio, //
    },
    pio::PioRequest,
    Vcpu, //
};
use crate::{
    abstractions::page_fault::Wait,
    cpuid::Cpuid,
    emulator::{
        Bus,
        Stop, //
    },
    uapi::kvm::KVM_EXIT_HLT,
    vm::guest_memory::within_page, //
};

impl From<Error> for Stop<Error> {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

// ANCHOR: vcpu-bus
/// The bus of one vCPU, for one instruction.
pub(super) struct VcpuBus<'a> {
    pub(super) vcpu: &'a Vcpu,
    /// How the instruction waits for a page. After a signal it is begun again.
    pub(super) wait: Wait,
    pub(super) linear_rip: u64,
    pub(super) pio: &'a mut PioRequest,
    pub(super) mmio: &'a mut Mmio,
    pub(super) cpuid: &'a Cpuid,
    /// Whether an exit to userspace is pending: `KVM_RUN` returns when the instruction has
    /// completed, and `kvm_run` says why.
    pub(super) exit_pending: bool,
    /// Whether the instruction is atomic, and what it has read from memory then.
    pub(super) locked: bool,
    pub(super) orig: Option<Fragment>,
    /// Whether an exit for `hlt` is pending. It does not cost the instruction its single-step trap.
    pub(super) halted: bool,
}
// ANCHOR_END: vcpu-bus

impl Bus for VcpuBus<'_> {
    type Error = Error;

    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Error>> {
        let length = within_page(address.into(), bytes.len());
        let bytes = bytes.get_mut(..length).unwrap_or_default();
        let vm = &self.vcpu.vm;
        if !vm.read_guest_page(address.into(), bytes, self.wait)? {
            return Err(Stop::Unhandleable);
        }
        Ok(length)
    }

    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Error>> {
        self.emulator_read(address, data)
    }

    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Error>> {
        self.emulator_write(address, data)
    }

    fn lock(&mut self) {
        self.locked = true;
    }

    fn pio_in_emulated(&mut self, port: u16, data: &mut [u8]) -> Result<(), Stop<Error>> {
        self.emulator_pio_in(port, data, 1)
    }

    fn pio_out_emulated(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<Error>> {
        self.emulator_pio_out(port, data)
    }

    fn pio_in_string(&mut self, port: u16, data: &mut [u8], n: u32) -> Result<(), Stop<Error>> {
        self.emulator_pio_in(port, data, n)
    }

    fn pio_out_string(&mut self, port: u16, data: &[u8]) {
        self.emulator_pio_out_string(port, data);
    }

    fn halt(&mut self) {
        self.vcpu.run.exit_reason(KVM_EXIT_HLT);
        self.halted = true;
    }

    fn exit_pending(&self) -> bool {
        self.exit_pending || self.pio.count != 0
    }

    fn get_cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4] {
        self.cpuid.query(leaf, subleaf)
    }
}
