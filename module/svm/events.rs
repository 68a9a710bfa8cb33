// SPDX-License-Identifier: GPL-2.0

//! Events for the guest. The CPU delivers them.
//!
//! Counterparts: `svm_inject_exception()` and `svm_complete_interrupts()` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c); AMD's manual, volume 2, section "Event
//! Injection".

use super::{
    vmcb::{
        self,
        INTERCEPT_BP,
        INTERCEPT_IRET,
        INTERCEPT_VINTR,
        V_IRQ, //
    },
    Svm, //
};
use crate::{
    emulator::{
        flags::{
            RF,
            TF, //
        },
        Exception, //
    },
    vcpu::{
        debugregs::DR6_BS,
        events::Event,
        sregs::CR0_PE,
        State,
        Vcpu, //
    }, //
};

pub(super) const DB_VECTOR: u8 = 1;
pub(super) const UD_VECTOR: u8 = 6;
pub(super) const GP_VECTOR: u8 = 13;
pub(super) const PF_VECTOR: u8 = 14;
pub(super) const AC_VECTOR: u8 = 17;

impl Svm {
    /// Injects an exception before the guest's next instruction.
    pub(super) fn queue_exception(&mut self, vector: u8, error_code: Option<u32>) {
        self.vmcb.control.event_inj = vmcb::Event::exception(vector, error_code);
    }

    /// Returns whether an event is queued: an exit interrupted its delivery, or caused it, or the
    /// guest was not entered with it.
    pub(crate) fn has_event(&self) -> bool {
        self.vmcb.control.event_inj.is_valid()
    }

    /// Requests an exit when the guest can take an interrupt, at the next `iret`, and at `int3`.
    fn request_windows(&mut self, interrupt: bool, iret: bool, int3: bool) {
        let control = &mut self.vmcb.control;
        let set = |bits: &mut u32, bit: u32, on: bool| match on {
            true => *bits |= bit,
            false => *bits &= !bit,
        };
        set(&mut control.intercept[0], INTERCEPT_VINTR, interrupt);
        set(&mut control.intercept[0], INTERCEPT_IRET, iret);
        set(&mut control.intercept_exceptions, INTERCEPT_BP, int3);
        set(&mut control.int_ctl, V_IRQ, interrupt);
    }
}

/// The component that delivers the event before the next instruction.
pub(super) enum Delivery {
    /// The CPU, or there is nothing to deliver.
    Cpu,
    /// The interpreter; in real mode it also executes code that is stepped or has breakpoints.
    Interpreter,
    /// The debugger in userspace, after an exit.
    Debugger,
}

impl State {
    /// Injects the event that comes before the next instruction, if the CPU can deliver it.
    pub(super) fn inject_event(&mut self, vcpu: &Vcpu, event: Option<Event>) -> Delivery {
        let real = self.cpu.cr0 & CR0_PE == 0;
        let is_exception = matches!(event, Some(Event::Exception(_)));
        // An exception from the last exit is delivered first, by the CPU.
        let queued = self.svm.as_ref().is_some_and(|svm| svm.has_event());
        let interpret = self.is_watched() || self.is_debugged() || event.is_some() && !is_exception;
        if real && interpret && !queued {
            return Delivery::Interpreter;
        }
        if let Some(Event::Exception(Exception::Debug)) = event {
            let dr6 = if self.cpu.rflags & TF != 0 { DR6_BS } else { 0 };
            if self.intercept_debug(&vcpu.run, dr6, false) {
                self.exception = None;
                return Delivery::Debugger;
            }
        }
        let window = self.events.window_requested;
        let (nmi_masked, sw_breakpoints) = (self.io.nmi_masked, self.io.sw_breakpoints);
        let nmi_pending = self.events.nmi_pending != 0;
        let Some(svm) = &mut self.svm else {
            return Delivery::Interpreter;
        };
        let at_iret = svm.nmi_iret_rip.is_some();
        svm.request_windows(window, nmi_masked && !at_iret, sw_breakpoints);
        svm.nmi_singlestep = nmi_pending && at_iret;
        let Some(event) = event.filter(|_| !queued) else {
            // It drops an interrupt, as on AMD's CPUs. The vCPU was not ready for injection.
            self.events.interrupt = None;
            return Delivery::Cpu;
        };
        svm.vmcb.control.event_inj = match event {
            Event::Exception(exception) => {
                let vector = exception as u8;
                let has_error_code = !real && matches!(vector, 8 | 10..=14 | 17);
                if exception.is_fault() && !self.exception_injected {
                    self.cpu.rflags |= RF;
                }
                vmcb::Event::exception(vector, has_error_code.then_some(0))
            }
            Event::Nmi => vmcb::Event::NMI,
            Event::Interrupt(vector) => vmcb::Event::interrupt(vector),
        };
        self.clear_events();
        Delivery::Cpu
    }

    /// Queues an event again if the exit interrupted its delivery. An event caused by an
    /// instruction is not queued, because the instruction will cause it again. Unmasks NMIs if the
    /// guest has executed the `iret` of an NMI's handler.
    pub(super) fn complete_interrupts(&mut self) {
        let Some(svm) = &mut self.svm else {
            return;
        };
        let control = &mut svm.vmcb.control;
        let event = control.exit_int_info;
        control.event_inj = vmcb::Event::NONE;
        if let Some(vector) = event.as_interrupt() {
            self.events.interrupt = Some(vector);
        } else if event.is_nmi() {
            self.events.nmi_injected = true;
        } else if event.is_valid() && !event.is_soft() {
            control.event_inj = event;
        }
        self.events.interrupt_shadow = control.int_state & 1 != 0;
        if svm.nmi_iret_rip.is_some_and(|rip| rip != self.cpu.rip) {
            svm.nmi_iret_rip = None;
            self.io.nmi_masked = false;
        }
    }
}
