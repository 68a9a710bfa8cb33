// SPDX-License-Identifier: GPL-2.0

//! `KVM_RUN`: runs the guest until it needs userspace.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_run()`, `vcpu_run()`, `vcpu_enter_guest()` and
//! `x86_emulate_instruction()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c). Where KVM
//! enters the guest, the interpreter executes one instruction.

use kernel::prelude::*;

use super::{
    bus::{
        Pending,
        VcpuBus, //
    },
    debugregs::DR6_BS,
    events::Event,
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
        sigprocmask::SignalSet,
        xfer_to_guest_mode, //
    },
    emulator::{
        flags::IF,
        Exception,
        Stop, //
    },
    uapi::kvm::{
        KVM_EXIT_INTR,
        KVM_EXIT_IRQ_WINDOW_OPEN,
        KVM_EXIT_UNKNOWN, //
    }, //
};

// ANCHOR: next
/// What `KVM_RUN` does next. KVM's functions return 1 or 0 for these two, and a negative errno
/// where this module returns `Err`.
pub(crate) enum Next {
    ReenterGuest,
    /// `KVM_RUN` returns 0, and `kvm_run` says why.
    ExitUserspace,
}
// ANCHOR_END: next

/// # Errors
///
/// `EINVAL` if the argument is not 0, if `kvm_run` requests unknown registers, or if a register has
/// an impossible value; `EINTR` if `immediate_exit` is set or a signal is pending; `EFAULT` if the
/// guest's memory is not mapped; `ENOMEM`. On an error, the guest is at an instruction's beginning.
// ANCHOR: ioctl
pub(super) fn ioctl(vcpu: &Vcpu, state: &mut State, arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    // Read once, and before anything else: a signal handler may set it at any time.
    let wants_to_run = !vcpu.run.immediate_exit();

    let _blocked = state.blocked_signals.map(SignalSet::block);

    let result = state.vcpu_run(vcpu, wants_to_run);
    if vcpu.run.has_valid_regs() {
        state.store_regs(&vcpu.run);
    }
    vcpu.run.save(
        state.cpu.rflags & IF != 0,
        state.ready_for_interrupt_injection(),
        state.sregs.cr8,
        state.sregs.apic_base,
    );
    result.map(|()| 0)
}
// ANCHOR_END: ioctl

impl State {
    // ANCHOR: run
    fn vcpu_run(&mut self, vcpu: &Vcpu, wants_to_run: bool) -> Result {
        if vcpu.run.has_dirty_regs() || vcpu.run.has_valid_regs() {
            self.sync_regs(&vcpu.run)?;
        }
        let cr8 = Some(vcpu.run.cr8()).filter(|cr8| *cr8 <= CR8_MAX);
        self.sregs.cr8 = cr8.ok_or(EINVAL)?;

        // Complete the instruction that waits for userspace, even if `immediate_exit` is set.
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
            self.events.window_requested = vcpu.run.request_interrupt_window();
            if self.events.window_requested && self.ready_for_interrupt_injection() {
                self.has_run = true;
                vcpu.run.exit_reason(KVM_EXIT_IRQ_WINDOW_OPEN);
                return Ok(());
            }
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

    /// Executes instructions, or delivers a pending event.
    fn enter_guest(&mut self, vcpu: &Vcpu) -> Result<Next> {
        self.has_run = true;
        let mut event = self.next_event();
        if let Some(next) = self.svm_vcpu_run(vcpu, &mut event)? {
            return Ok(next);
        }
        self.io.mmio.mem_read.clear();
        self.emulate_instruction(vcpu, event, Wait::Interruptible)
    }

    // ANCHOR: emulate-instruction
    /// Delivers `event`, or executes instructions. An instruction that userspace has answered takes
    /// its earlier reads from the cache, is executed alone, and only a fatal signal ends its waits.
    pub(super) fn emulate_instruction(
        &mut self,
        vcpu: &Vcpu,
        event: Option<Event>,
        wait: Wait,
    ) -> Result<Next> {
        self.io.begin(vcpu, wait);
        let mut dr6 = DR6_BS;
        let result = match event {
            _ if self.cpu.cr0 & CR0_PE != 0 => self.emulate_protected(vcpu),
            Some(event) => self.deliver(vcpu, event),
            None => match self.code_breakpoints() {
                Some(breakpoints) => {
                    dr6 = breakpoints;
                    Err(Exception::Debug.into())
                }
                None => {
                    let alone = wait == Wait::Killable || self.is_watched() || self.svm.is_some();
                    let io = &mut self.io;
                    let mut bus = VcpuBus { vcpu, io };
                    self.cpu.run(&mut bus, &mut self.decode_cache, alone)
                }
            },
        };

        match result {
            Ok(()) => {
                if event.is_some() {
                    self.clear_events();
                }
                // A second shadow in a row has no effect: interrupts must not be blocked for ever.
                self.events.interrupt_shadow =
                    self.io.pending == Pending::InterruptShadow && !self.events.interrupt_shadow;
                if !matches!(self.io.pending, Pending::Exit | Pending::Halt) {
                    return Ok(Next::ReenterGuest);
                }
            }
            Err(Stop::IoNeeded) => {
                self.io.linear_rip = self.linear_rip();
                self.events.waiting = event;
            }
            Err(stop) => return self.not_completed(vcpu, stop, dr6),
        }
        Ok(Next::ExitUserspace)
    }
    // ANCHOR_END: emulate-instruction

    /// Returns the linear address of the next instruction.
    pub(crate) fn linear_rip(&self) -> u64 {
        const CS: usize = 1;
        u64::from(self.cpu.segments[CS].base).wrapping_add(self.cpu.rip)
    }
}
