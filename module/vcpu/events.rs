// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_VCPU_EVENTS` and `KVM_SET_VCPU_EVENTS`: pending exceptions, interrupts and NMIs, and
//! the order of their delivery.
//!
//! Counterparts: `kvm_vcpu_ioctl_x86_set_vcpu_events()` and `kvm_check_and_inject_events()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::{
    bus::VcpuBus,
    State,
    Vcpu, //
};
use crate::{
    emulator::{
        flags::{
            IF,
            RF, //
        },
        Exception,
        Stop, //
    },
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::*, //
};

/// The vector of an NMI.
const NMI_VECTOR: u8 = 2;

/// The flags that KVM accepts when no capability has been enabled.
const VALID_FLAGS: u32 = KVM_VCPUEVENT_VALID_NMI_PENDING
    | KVM_VCPUEVENT_VALID_SIPI_VECTOR
    | KVM_VCPUEVENT_VALID_SHADOW
    | KVM_VCPUEVENT_VALID_SMM;

/// The pending events besides an exception.
#[derive(Default)]
pub(crate) struct Events {
    /// The interrupt to deliver next, whether the guest has interrupts enabled or not.
    pub(crate) interrupt: Option<u8>,
    /// Whether an NMI will be delivered next.
    pub(crate) nmi_injected: bool,
    /// The number of NMIs to deliver when they are no longer blocked: at most two.
    pub(crate) nmi_pending: u8,
    /// Whether `sti` or a load of SS blocks interrupts for one more instruction.
    pub(crate) interrupt_shadow: bool,
    /// Whether userspace wants `KVM_RUN` to return when an interrupt can be delivered.
    pub(crate) window_requested: bool,
    /// The event whose delivery waits for an access in userspace.
    pub(super) waiting: Option<Event>,
}

/// An event to deliver before the next instruction.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    Exception(Exception),
    Nmi,
    Interrupt(u8),
}

impl State {
    /// Returns the event to deliver before the next instruction, if any.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        if let Some(exception) = self.exception {
            return Some(Event::Exception(exception));
        }
        if self.events.nmi_pending != 0 && !self.nmi_is_blocked() {
            self.events.nmi_pending -= 1;
            self.events.nmi_injected = true;
            self.io.nmi_masked = true;
        }
        if self.events.nmi_injected {
            return Some(Event::Nmi);
        }
        self.events.interrupt.map(Event::Interrupt)
    }

    fn nmi_is_blocked(&self) -> bool {
        self.io.nmi_masked
            || self.has_queued_event()
            || self.events.interrupt_shadow
            || self.events.interrupt.is_some()
            || self.guest_debug.control & KVM_GUESTDBG_BLOCKIRQ != 0
    }

    /// Returns whether the CPU delivers another event first.
    fn has_queued_event(&self) -> bool {
        self.svm.as_ref().is_some_and(|svm| svm.has_event())
    }

    /// Delivers an event: calls its handler.
    pub(super) fn deliver(&mut self, vcpu: &Vcpu, event: Event) -> Result<(), Stop<Error>> {
        let io = &mut self.io;
        let mut bus = VcpuBus { vcpu, io };
        match event {
            Event::Exception(exception) => {
                // If the handler cannot be called, userspace sees RF; otherwise the call clears it.
                if exception == Exception::InvalidOpcode && !self.exception_injected {
                    self.cpu.rflags |= RF;
                }
                self.cpu.inject_exception(&mut bus, exception)
            }
            Event::Nmi => self.cpu.inject_interrupt(&mut bus, NMI_VECTOR),
            Event::Interrupt(vector) => self.cpu.inject_interrupt(&mut bus, vector),
        }
    }

    /// Returns whether something may have to happen between any two instructions.
    pub(crate) fn is_watched(&self) -> bool {
        self.events.interrupt_shadow || self.events.window_requested || self.has_breakpoints()
    }

    /// Clears the events to deliver next. Delivering one drops the others, as on AMD's CPUs.
    pub(crate) fn clear_events(&mut self) {
        self.exception = None;
        self.exception_injected = false;
        self.events.nmi_injected = false;
        self.events.interrupt = None;
    }

    /// Returns whether an interrupt that userspace queues now is delivered at once.
    pub(super) fn ready_for_interrupt_injection(&self) -> bool {
        self.cpu.rflags & IF != 0
            && !self.events.interrupt_shadow
            && self.exception.is_none()
            && !self.has_queued_event()
            && !self.events.nmi_injected
            && self.events.interrupt.is_none()
    }

    pub(super) fn get_vcpu_events(&self) -> KvmVcpuEvents {
        let (events, exception) = (&self.events, self.exception);
        // As in KVM, `#BP` is not reported as injected: the `int3` at RIP would raise it again.
        let injected = exception.is_some_and(|it| it != Exception::Breakpoint);
        KvmVcpuEvents {
            exception: KvmEventException {
                injected: injected.into(),
                pending: (injected && !self.exception_injected).into(),
                nr: exception.map_or(0, |it| it as u8),
                ..KvmEventException::default()
            },
            interrupt: KvmEventInterrupt {
                injected: events.interrupt.is_some().into(),
                nr: events.interrupt.unwrap_or_default(),
                soft: 0,
                shadow: match events.interrupt_shadow {
                    true => KVM_X86_SHADOW_INT_MOV_SS | KVM_X86_SHADOW_INT_STI,
                    false => 0,
                },
            },
            nmi: KvmEventNmi {
                injected: events.nmi_injected.into(),
                pending: events.nmi_pending,
                masked: self.io.nmi_masked.into(),
                pad: 0,
            },
            flags: VALID_FLAGS & !KVM_VCPUEVENT_VALID_SIPI_VECTOR,
            ..KvmVcpuEvents::default()
        }
    }

    /// # Errors
    ///
    /// `EINVAL` if a flag is unknown, if real mode does not have the exception, or if system
    /// management mode is requested.
    pub(super) fn set_vcpu_events(&mut self, it: &KvmVcpuEvents) -> Result {
        let smm = it.smi.smm | it.smi.pending | it.smi.smm_inside_nmi;
        if it.flags & !VALID_FLAGS != 0 || it.flags & KVM_VCPUEVENT_VALID_SMM != 0 && smm != 0 {
            return Err(EINVAL);
        }
        let exception = match it.exception.injected {
            0 => None,
            _ => Some(Exception::from_vector(it.exception.nr).ok_or(EINVAL)?),
        };
        self.exception_injected = exception.is_some();
        self.exception = exception;
        self.events.interrupt = (it.interrupt.injected != 0).then_some(it.interrupt.nr);
        if it.flags & KVM_VCPUEVENT_VALID_SHADOW != 0 {
            self.events.interrupt_shadow = it.interrupt.shadow != 0;
        }
        self.events.nmi_injected = it.nmi.injected != 0;
        self.io.nmi_masked = it.nmi.masked != 0;
        if it.flags & KVM_VCPUEVENT_VALID_NMI_PENDING != 0 {
            self.events.nmi_pending = it.nmi.pending.min(self.max_nmis());
        }
        Ok(())
    }

    /// Returns how many NMIs can be pending: 1 while an NMI is handled, else 2: `process_nmi()`.
    pub(super) fn max_nmis(&self) -> u8 {
        match self.io.nmi_masked || self.events.nmi_injected {
            true => 1,
            false => 2,
        }
    }
}

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    copy_to_user(arg, &state.get_vcpu_events())?;
    Ok(0)
}

/// # Errors
///
/// `EFAULT`; the errors of [`State::set_vcpu_events`].
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    state.set_vcpu_events(&copy_from_user(arg)?)?;
    Ok(0)
}
