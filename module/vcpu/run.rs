// SPDX-License-Identifier: GPL-2.0

//! `KVM_RUN`: runs the guest until it needs userspace.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_run()`, `vcpu_run()`, `vcpu_enter_guest()` and
//! `x86_emulate_instruction()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c). Where KVM
//! enters the guest, the interpreter executes one instruction.

use kernel::prelude::*;

use super::{
    bus::VcpuBus,
    sregs::{
        CR0_PE,
        CR8_MAX, //
    },
    State,
    Vcpu, //
};
use crate::{
    abstractions::{
        page_fault::Wait,
        xfer_to_guest_mode, //
    },
    emulator::{
        flags::{
            IF,
            RF, //
        },
        Exception,
        Stop, //
    },
    uapi::kvm::{
        KVM_EXIT_INTR,
        KVM_EXIT_SHUTDOWN,
        KVM_EXIT_UNKNOWN, //
    }, //
};

// ANCHOR: next
/// What `KVM_RUN` does next. Functions of KVM return 1 or 0 for these two, and an errno below 0
/// where this module has `Err`.
pub(super) enum Next {
    ReenterGuest,
    /// `KVM_RUN` returns 0, and `kvm_run` says why.
    ExitUserspace,
}
// ANCHOR_END: next

/// # Errors
///
/// `EINVAL` for any argument but 0, for registers that are to be in `kvm_run`, and for a CR8 that
/// no vCPU can have; `EINTR` where `immediate_exit` is set, or a signal is pending; `EFAULT` where
/// the guest's memory is not mapped. The guest is then at the beginning of an instruction.
// ANCHOR: ioctl
pub(super) fn ioctl(vcpu: &Vcpu, state: &mut State, arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    // Read once, and before anything is done: a signal handler sets it.
    let wants_to_run = !vcpu.run.immediate_exit();

    let result = state.vcpu_run(vcpu, wants_to_run);
    vcpu.run.save(
        state.cpu.rflags & IF != 0,
        state.sregs.cr8,
        state.sregs.apic_base,
    );
    result.map(|()| 0)
}
// ANCHOR_END: ioctl

impl State {
    // ANCHOR: run
    fn vcpu_run(&mut self, vcpu: &Vcpu, wants_to_run: bool) -> Result {
        let cr8 = vcpu.run.cr8().filter(|cr8| *cr8 <= CR8_MAX);
        self.sregs.cr8 = cr8.ok_or(EINVAL)?;

        // Complete the instruction that userspace was asked to help with, even if that is all.
        if let Next::ExitUserspace = self.complete_emulated_mmio(vcpu)? {
            return Ok(());
        }
        if let Next::ExitUserspace = self.complete_emulated_pio(vcpu)? {
            return Ok(());
        }
        if !wants_to_run {
            return Err(EINTR);
        }

        vcpu.run.exit_reason(KVM_EXIT_UNKNOWN);
        loop {
            if let Err(error) = xfer_to_guest_mode::handle_work() {
                vcpu.run.exit_reason(KVM_EXIT_INTR);
                return Err(error);
            }
            if let Next::ExitUserspace = self.enter_guest(vcpu)? {
                return Ok(());
            }
        }
    }
    // ANCHOR_END: run

    /// Executes instructions, or calls the handler of a pending exception.
    pub(super) fn enter_guest(&mut self, vcpu: &Vcpu) -> Result<Next> {
        self.has_run = true;
        self.io.mmio.mem_read.clear();
        let wait = match self.io.pio.count {
            0 => Wait::Interruptible,
            // The answer of userspace would be lost.
            _ => Wait::Killable,
        };
        self.emulate_instruction(vcpu, wait)
    }

    // ANCHOR: emulate-instruction
    /// Does that, or continues an instruction that userspace has answered: what it read before comes
    /// from the cache. Such an instruction is executed alone, and only a signal that kills ends it.
    pub(super) fn emulate_instruction(&mut self, vcpu: &Vcpu, wait: Wait) -> Result<Next> {
        self.io.begin(vcpu, wait);
        let io = &mut self.io;
        let mut bus = VcpuBus { vcpu, io };
        let result = match self.exception {
            _ if self.cpu.cr0 & CR0_PE != 0 => {
                self.decode_cache.fetch.clear();
                Err(Stop::Unhandleable)
            }
            Some(exception) => {
                // Seen by userspace if the handler cannot be called; otherwise the call clears it.
                if exception == Exception::InvalidOpcode && !self.exception_injected {
                    self.cpu.rflags |= RF;
                }
                self.cpu.inject_exception(&mut bus, exception)
            }
            None => {
                let alone = wait == Wait::Killable;
                self.cpu.run(&mut bus, &mut self.decode_cache, alone)
            }
        };

        match result {
            Ok(()) => {
                self.exception = None;
                self.exception_injected = false;
                if !self.io.exit_pending && !self.io.halted {
                    return Ok(Next::ReenterGuest);
                }
            }
            Err(Stop::Exception(exception)) => {
                // What the instruction has written to a device is lost.
                self.io.mmio.fragments = [None; 2];
                self.exception = Some(exception);
                if !self.io.halted {
                    return Ok(Next::ReenterGuest);
                }
            }
            Err(Stop::CmpxchgFailed) => return Ok(Next::ReenterGuest),
            Err(Stop::IoNeeded) => self.io.linear_rip = self.linear_rip(),
            Err(Stop::Unhandleable) => {
                vcpu.run
                    .exit_emulation_failure(self.decode_cache.fetch.bytes());
                // Userspace may execute the instruction. If it does not, the guest gets #UD.
                self.exception = Some(Exception::InvalidOpcode);
            }
            Err(Stop::Shutdown) => {
                self.init();
                vcpu.run.exit_reason(KVM_EXIT_SHUTDOWN);
            }
            Err(Stop::Error(error)) => {
                if error == EINTR {
                    vcpu.run.exit_reason(KVM_EXIT_INTR);
                }
                self.exception_injected = self.exception.is_some();
                return Err(error);
            }
        }
        Ok(Next::ExitUserspace)
    }
    // ANCHOR_END: emulate-instruction

    /// Where the next instruction is.
    pub(super) fn linear_rip(&self) -> u64 {
        const CS: usize = 1;
        u64::from(self.cpu.segments[CS].base).wrapping_add(self.cpu.rip)
    }
}
