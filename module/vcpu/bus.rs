// SPDX-License-Identifier: GPL-2.0

//! [`VcpuBus`]: connects the interpreter of a vCPU to memory, ports and `cpuid`.
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
    abstractions::{
        page_fault::Wait,
        xfer_to_guest_mode, //
    },
    cpuid::Cpuid,
    emulator::{
        Bus,
        Stop, //
    },
    uapi::kvm::KVM_EXIT_HLT,
    vm::{
        guest_memory::within_page,
        last_used_slot::LastUsedSlots, //
    }, //
};

impl From<Error> for Stop<Error> {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

// ANCHOR: vcpu-bus
/// The bus of one vCPU.
pub(crate) struct VcpuBus<'a> {
    pub(crate) vcpu: &'a Vcpu,
    pub(crate) io: &'a mut Io,
}

/// The state behind the bus, and the requests of the instruction under way.
pub(crate) struct Io {
    /// The port access that waits for userspace.
    pub(super) pio: PioRequest,
    /// The memory access that waits for userspace.
    pub(super) mmio: Mmio,
    /// The values that `cpuid` returns.
    pub(crate) cpuid: Cpuid,
    pub(crate) slots: LastUsedSlots,
    /// The linear address of the instruction that waits for userspace.
    pub(super) linear_rip: u64,
    /// How an instruction waits for a page. After a signal, the instruction is executed again.
    pub(super) wait: Wait,
    /// What must happen before the next instruction.
    pub(crate) pending: Pending,
    /// Whether NMIs are masked, because the handler of an NMI is running.
    pub(crate) nmi_masked: bool,
    /// Whether a debugger uses software breakpoints: `int3` in the guest's code.
    pub(crate) sw_breakpoints: bool,
    /// Whether the instruction is atomic. If so, `orig` is what it has read from memory.
    pub(super) locked: bool,
    pub(super) orig: Option<Fragment>,
}
// ANCHOR_END: vcpu-bus

/// What must happen between a completed instruction and the next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pending {
    Nothing,
    /// An exit to userspace: `KVM_RUN` returns, and `kvm_run` says why.
    Exit,
    /// The exit of `hlt`. The single-step trap of `hlt` still happens.
    Halt,
    /// An interrupt shadow: no interrupt before the next instruction completes.
    InterruptShadow,
    /// NMIs are no longer masked: one may be pending.
    NmiWindow,
}

impl Io {
    /// Prepares for executing an instruction, for the first time or again.
    pub(super) fn begin(&mut self, vcpu: &Vcpu, wait: Wait) {
        self.slots.refresh(&vcpu.vm);
        self.mmio.mem_read.rewind();
        self.wait = wait;
        self.pending = Pending::Nothing;
        self.locked = false;
    }
}

impl Bus for VcpuBus<'_> {
    type Error = Error;

    #[inline(always)]
    fn next_instruction(&mut self, bus_was_used: bool) -> bool {
        let io = &mut *self.io;
        if bus_was_used {
            io.mmio.mem_read.clear();
            io.locked = false;
            if io.pending != Pending::Nothing {
                return false;
            }
        }
        !xfer_to_guest_mode::work_pending()
    }

    #[inline(always)]
    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Error>> {
        let in_page = within_page(address.into(), bytes.len());
        if in_page == bytes.len() {
            return self.fetch_onepage(address, bytes);
        }
        self.fetch_onepage(address, bytes.get_mut(..in_page).unwrap_or_default())
    }

    #[inline(always)]
    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Error>> {
        self.emulator_read(address, data)
    }

    #[inline(always)]
    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Error>> {
        self.emulator_write(address, data)
    }

    fn lock(&mut self) {
        self.io.locked = true;
        self.io.orig = None;
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
        self.io.pending = Pending::Halt;
    }

    fn set_interrupt_shadow(&mut self) {
        self.io.pending = Pending::InterruptShadow;
    }

    fn unmask_nmis(&mut self) {
        if self.io.nmi_masked {
            self.io.nmi_masked = false;
            self.io.pending = Pending::NmiWindow;
        }
    }

    fn intercepts_int3(&self) -> bool {
        self.io.sw_breakpoints
    }

    fn exit_pending(&self) -> bool {
        self.io.pending == Pending::Exit || self.io.pio.count != 0
    }

    fn get_cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4] {
        self.io.cpuid.query(leaf, subleaf)
    }
}

impl VcpuBus<'_> {
    #[inline(always)]
    fn fetch_onepage(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Error>> {
        let (vm, io) = (&self.vcpu.vm, &mut *self.io);
        io.slots.refresh(vm);
        match vm.read_guest_page(&mut io.slots.code, address.into(), bytes, io.wait)? {
            true => Ok(bytes.len()),
            false => Err(Stop::Unhandleable),
        }
    }
}
