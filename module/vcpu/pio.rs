// SPDX-License-Identifier: GPL-2.0

//! Port I/O: `in`, `out` and their string forms. Userspace performs them.
//!
//! Counterparts: `emulator_pio_in_out()`, `complete_emulated_pio()`, `kvm_fast_pio()` and
//! `complete_fast_pio_in()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! An `in` or `out` is executed twice. The first time ends `KVM_RUN`; the second time, in the next
//! `KVM_RUN`, userspace has answered, and the instruction completes.

use kernel::prelude::*;

use super::{
    bus::{
        Pending,
        VcpuBus, //
    },
    run::Next,
    State,
    Vcpu, //
};
use crate::{
    abstractions::page_fault::Wait,
    emulator::Stop,
    uapi::kvm::{
        KVM_EXIT_IO_IN,
        KVM_EXIT_IO_OUT, //
    },
    vm::io_bus::{
        kvm_io_bus_write,
        KvmBus, //
    }, //
};

/// The port whose `out` completes before `KVM_RUN` returns, as it once did for all ports. Some
/// programs rely on it: `KVM_X86_QUIRK_OUT_7E_INC_RIP`.
const PORT_7E: u16 = 0x7e;

// ANCHOR: pio-request
/// A port access that waits for userspace: `struct kvm_pio_request`.
#[derive(Default)]
pub(super) struct PioRequest {
    /// How many values the guest has still to take. 0 if no access waits.
    pub(super) count: u32,
    /// The size of a value in bytes.
    size: usize,
    /// The offset of the next value in the page of port I/O.
    offset: usize,
}
// ANCHOR_END: pio-request

impl State {
    // ANCHOR: complete
    /// Continues after userspace has answered: executes the instruction again, and `rep ins` once
    /// for each value.
    pub(super) fn complete_emulated_pio(&mut self, vcpu: &Vcpu) -> Result<Next> {
        if self.io.linear_rip != self.linear_rip() {
            // Userspace has moved RIP: no instruction waits for the answer.
            self.io.pio.count = 0;
        }
        while self.io.pio.count != 0 {
            let count = self.io.pio.count;
            self.io.mmio.mem_read.clear();
            let next = self.emulate_instruction(vcpu, None, Wait::Killable)?;
            if self.io.pio.count == count || self.exception.is_some() {
                // Another instruction is there now, or the instruction has raised an exception.
                self.io.pio.count = 0;
            }
            if let Next::ExitUserspace = next {
                return Ok(Next::ExitUserspace);
            }
        }
        Ok(Next::ReenterGuest)
    }
    // ANCHOR_END: complete
}

impl PioRequest {
    /// Takes the next value of the answer, if there is one. Returns its offset in the page.
    fn take_value(&mut self) -> Option<usize> {
        self.count = self.count.checked_sub(1)?;
        let offset = self.offset;
        self.offset += self.size;
        Some(offset)
    }
}

impl VcpuBus<'_> {
    // ANCHOR: pio-in
    /// Executes `in`, or one iteration of `ins`.
    pub(crate) fn emulator_pio_in(
        &mut self,
        port: u16,
        data: &mut [u8],
        count: u32,
    ) -> Result<(), Stop<Error>> {
        if let Some(offset) = self.io.pio.take_value() {
            self.vcpu.pio_data.map().read_slice(offset, data);
            return Ok(());
        }
        let size = data.len();
        data.fill(0);
        for value in 0..count as usize {
            self.vcpu.pio_data.map().write_slice(value * size, data);
        }
        self.vcpu.run.exit_io(KVM_EXIT_IO_IN, port, size, count);
        Err(self.pio_needed(size, count))
    }
    // ANCHOR_END: pio-in

    // ANCHOR: pio-out
    /// Executes `out`.
    pub(crate) fn emulator_pio_out(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<Error>> {
        if self.io.pio.take_value().is_some() {
            return Ok(());
        }
        self.emulator_pio_out_string(port, data);
        // An eventfd or the ring may have taken the write.
        if self.io.pending != Pending::Exit || port == PORT_7E {
            return Ok(());
        }
        Err(self.pio_needed(data.len(), 1))
    }
    // ANCHOR_END: pio-out

    /// Executes one iteration of `outs`, which completes before `KVM_RUN` returns.
    pub(crate) fn emulator_pio_out_string(&mut self, port: u16, data: &[u8]) {
        if !kvm_io_bus_write(&self.vcpu.vm, KvmBus::Pio, port.into(), data) {
            self.vcpu.pio_data.map().write_slice(0, data);
            self.vcpu.run.exit_io(KVM_EXIT_IO_OUT, port, data.len(), 1);
            self.io.pending = Pending::Exit;
        }
    }

    /// Records that the instruction waits for userspace.
    fn pio_needed(&mut self, size: usize, count: u32) -> Stop<Error> {
        self.io.pio = PioRequest {
            count,
            size,
            offset: 0,
        };
        Stop::IoNeeded
    }
}
