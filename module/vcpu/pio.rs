// SPDX-License-Identifier: GPL-2.0

//! Port I/O: `in`, `out` and their string forms, which user space answers.
//!
//! Counterparts: `emulator_pio_in_out()`, `kvm_fast_pio()` and `complete_fast_pio_in()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! An `in` or `out` is executed twice. The first time it ends `KVM_RUN`; the second time, in the
//! next `KVM_RUN`, user space has answered, and it completes.

use kernel::prelude::*;

use super::{
    bus::{
        Outcome,
        VcpuBus, //
    },
    State, //
};
use crate::{
    uapi::kvm::{
        KVM_EXIT_IO_IN,
        KVM_EXIT_IO_OUT, //
    },
    vm::ioeventfd::{
        self,
        Space, //
    }, //
};

/// How many bytes `ins` asks for at once, at most.
const READ_AHEAD: usize = 1024;

/// A port whose `out` is over when `KVM_RUN` returns, as it was for all ports once. There are
/// programs that rely on it: `KVM_X86_QUIRK_OUT_7E_INC_RIP`.
const PORT_7E: u16 = 0x7e;

// ANCHOR: port-io
/// How far a port access is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PortIo {
    /// There is none.
    Idle,
    /// User space has been asked by the instruction at this linear address.
    Asked {
        linear_rip: u64,
        size: usize,
        count: u32,
    },
    /// User space has answered. `left` values, the next one at `offset` of the page, have not been
    /// used yet.
    Answered {
        offset: usize,
        size: usize,
        left: u32,
    },
}
// ANCHOR_END: port-io

impl State {
    /// Takes what was asked for as answered, unless user space has sent the guest elsewhere.
    pub(super) fn answer_port_io(&mut self) {
        if let PortIo::Asked {
            linear_rip,
            size,
            count,
        } = self.port_io
        {
            self.port_io = if linear_rip == self.linear_rip() {
                PortIo::Answered {
                    offset: 0,
                    size,
                    left: count,
                }
            } else {
                PortIo::Idle
            };
        }
    }
}

impl VcpuBus<'_> {
    // ANCHOR: port-in
    /// `in`, and one iteration of `ins`.
    pub(super) fn port_in(
        &mut self,
        port: u16,
        data: &mut [u8],
        count: u32,
    ) -> Result<(), Outcome> {
        if let Some(offset) = self.answered() {
            self.vcpu.pio_data.read_slice(offset, data);
            return Ok(());
        }
        let size = data.len();
        let count = count.clamp(1, (READ_AHEAD / size.max(1)) as u32);
        self.vcpu.pio_data.write_slice(
            0,
            [0; READ_AHEAD].get(..size * count as usize).unwrap_or(&[]),
        );
        self.vcpu.run.exit_io(KVM_EXIT_IO_IN, port, size, count);
        Err(self.ask_port(size, count))
    }
    // ANCHOR_END: port-in

    // ANCHOR: port-out
    /// `out`.
    pub(super) fn port_out(&mut self, port: u16, data: &[u8]) -> Result<(), Outcome> {
        if self.answered().is_some() || self.signals_eventfd(port, data) {
            return Ok(());
        }
        self.exit_out(port, data);
        if port == PORT_7E {
            self.posted = true;
            return Ok(());
        }
        Err(self.ask_port(data.len(), 1))
    }
    // ANCHOR_END: port-out

    /// One iteration of `outs`, which completes before `KVM_RUN` returns.
    pub(super) fn port_out_string(&mut self, port: u16, data: &[u8]) {
        if !self.signals_eventfd(port, data) {
            self.exit_out(port, data);
            self.posted = true;
        }
    }

    fn signals_eventfd(&self, port: u16, data: &[u8]) -> bool {
        ioeventfd::write(&self.vcpu.vm, Space::Ports, port.into(), data)
    }

    fn exit_out(&self, port: u16, data: &[u8]) {
        self.vcpu.pio_data.write_slice(0, data);
        self.vcpu.run.exit_io(KVM_EXIT_IO_OUT, port, data.len(), 1);
    }

    fn ask_port(&mut self, size: usize, count: u32) -> Outcome {
        *self.port_io = PortIo::Asked {
            linear_rip: self.linear_rip,
            size,
            count,
        };
        Outcome::Exit
    }

    /// Uses up one value of the answer; returns where in the page it is.
    fn answered(&mut self) -> Option<usize> {
        let PortIo::Answered { offset, size, left } = *self.port_io else {
            return None;
        };
        *self.port_io = if left > 1 {
            PortIo::Answered {
                offset: offset + size,
                size,
                left: left - 1,
            }
        } else {
            PortIo::Idle
        };
        Some(offset)
    }
}
