// SPDX-License-Identifier: GPL-2.0

//! Port I/O: `in`, `out` and their string forms, which userspace answers.
//!
//! Counterparts: `emulator_pio_in_out()`, `complete_emulated_pio()`, `kvm_fast_pio()` and
//! `complete_fast_pio_in()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! An `in` or `out` is executed twice. The first time it ends `KVM_RUN`; the second time, in the
//! next `KVM_RUN`, userspace has answered, and it completes.

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

/// A port whose `out` is over when `KVM_RUN` returns, as it once was for all ports. There are
/// programs that rely on it: `KVM_X86_QUIRK_OUT_7E_INC_RIP`.
const PORT_7E: u16 = 0x7e;

// ANCHOR: pio-request
/// A port access in flight, which userspace has been asked for: `struct kvm_pio_request`.
#[derive(Default)]
pub(super) struct PioRequest {
    /// How many values the guest has not taken yet. At 0, nothing is in flight.
    pub(super) count: u32,
    /// How many bytes a value has.
    size: usize,
    /// Where the next value is, in the page of port I/O.
    offset: usize,
}
// ANCHOR_END: pio-request

impl State {
    // ANCHOR: complete
    /// Userspace has answered. Executes the instruction again; of `rep ins`, one iteration for each
    /// value.
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
                // Userspace has put another instruction there, or the instruction was left.
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
    /// Takes a value of the answer, if there is one. Returns where in the page it is.
    fn take_value(&mut self) -> Option<usize> {
        self.count = self.count.checked_sub(1)?;
        let offset = self.offset;
        self.offset += self.size;
        Some(offset)
    }
}

impl VcpuBus<'_> {
    // ANCHOR: pio-in
    /// `in`, and one iteration of `ins`.
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
    /// `out`.
    pub(crate) fn emulator_pio_out(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<Error>> {
        if self.io.pio.take_value().is_some() {
            return Ok(());
        }
        self.emulator_pio_out_string(port, data);
        // An eventfd may have taken the write.
        if self.io.pending != Pending::Exit || port == PORT_7E {
            return Ok(());
        }
        Err(self.pio_needed(data.len(), 1))
    }
    // ANCHOR_END: pio-out

    /// One iteration of `outs`, which completes before `KVM_RUN` returns.
    pub(crate) fn emulator_pio_out_string(&mut self, port: u16, data: &[u8]) {
        if !kvm_io_bus_write(&self.vcpu.vm, KvmBus::Pio, port.into(), data) {
            self.vcpu.pio_data.map().write_slice(0, data);
            self.vcpu.run.exit_io(KVM_EXIT_IO_OUT, port, data.len(), 1);
            self.io.pending = Pending::Exit;
        }
    }

    /// Notes that the instruction waits for userspace.
    fn pio_needed(&mut self, size: usize, count: u32) -> Stop<Error> {
        self.io.pio = PioRequest {
            count,
            size,
            offset: 0,
        };
        Stop::IoNeeded
    }
}
