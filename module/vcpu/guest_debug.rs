// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_GUEST_DEBUG`: a debugger in userspace steps the guest and stops it at breakpoints.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_set_guest_debug()` and `kvm_vcpu_check_code_breakpoint()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c); `db_interception()` and `bp_interception()` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c).
//!
//! To single-step, KVM sets TF in the guest's RFLAGS, and hides it from `KVM_GET_REGS`. The trap
//! then goes to userspace instead of the guest, as `KVM_EXIT_DEBUG`. hiboma does the same.

use core::mem::offset_of;
use kernel::prelude::*;

use super::{
    debugregs::DR6_ACTIVE_LOW,
    run_page::RunPage,
    State, //
};
use crate::{
    emulator::{
        flags::{
            RF,
            TF, //
        },
        Exception, //
    },
    uaccess::copy_from_user,
    uapi::kvm::*, //
};

/// The bits of DR7 that enable breakpoints.
const DR7_BP_EN_MASK: u64 = 0xff;

/// The debugger's settings.
#[derive(Default)]
pub(super) struct GuestDebug {
    /// `KVM_GUESTDBG_*`; 0 without `KVM_GUESTDBG_ENABLE`.
    pub(super) control: u32,
    db: [u64; 4],
    dr7: u64,
    /// The linear address of the next instruction when stepping was requested.
    singlestep_rip: u64,
}

/// # Errors
///
/// `EBUSY` if the debugger injects an exception while another is pending; `EFAULT`.
pub(super) fn ioctl(state: &mut State, arg: usize) -> Result<isize> {
    let it: KvmGuestDebug = copy_from_user(arg)?;
    if it.control & (KVM_GUESTDBG_INJECT_DB | KVM_GUESTDBG_INJECT_BP) != 0 {
        if state.exception.is_some() {
            return Err(EBUSY);
        }
        state.exception = Some(match it.control & KVM_GUESTDBG_INJECT_DB {
            0 => Exception::Breakpoint,
            _ => Exception::Debug,
        });
    }
    // Without the TF that an earlier request for stepping has set.
    let rflags = state.get_rflags();
    let enabled = it.control & KVM_GUESTDBG_ENABLE != 0;
    let [dr0, dr1, dr2, dr3, _, _, _, dr7] = it.debugreg;
    state.guest_debug = GuestDebug {
        control: if enabled { it.control } else { 0 },
        db: [dr0, dr1, dr2, dr3],
        dr7,
        singlestep_rip: state.linear_rip(),
    };
    state.io.sw_breakpoints = state.guest_debug.has(KVM_GUESTDBG_USE_SW_BP);
    state.set_rflags(rflags);
    Ok(0)
}

impl GuestDebug {
    fn has(&self, control: u32) -> bool {
        self.control & control != 0
    }
}

impl State {
    /// Returns RFLAGS as userspace sees it.
    pub(super) fn get_rflags(&self) -> u64 {
        match self.guest_debug.has(KVM_GUESTDBG_SINGLESTEP) {
            true => self.cpu.rflags & !TF,
            false => self.cpu.rflags,
        }
    }

    /// Sets RFLAGS. TF stays set at the instruction where stepping was requested.
    pub(super) fn set_rflags(&mut self, rflags: u64) {
        let debug = &self.guest_debug;
        let steps = debug.has(KVM_GUESTDBG_SINGLESTEP) && debug.singlestep_rip == self.linear_rip();
        self.cpu.rflags = if steps { rflags | TF } else { rflags };
    }

    /// Returns DR0 to DR3 and DR7: the debugger's if it has hardware breakpoints, else the guest's.
    pub(crate) fn effective_db(&self) -> (&[u64; 4], u64) {
        match self.guest_debug.has(KVM_GUESTDBG_USE_HW_BP) {
            true => (&self.guest_debug.db, self.guest_debug.dr7),
            false => (&self.debugregs.db, self.debugregs.dr7),
        }
    }

    /// Returns whether a debugger is enabled.
    pub(crate) fn is_debugged(&self) -> bool {
        self.guest_debug.control != 0
    }

    /// Returns whether a breakpoint is enabled, and so each instruction must be checked.
    pub(super) fn has_breakpoints(&self) -> bool {
        self.effective_db().1 & DR7_BP_EN_MASK != 0
    }

    /// Returns the breakpoints of the next instruction as bits of DR6. `None` if there are none, or
    /// if RF suppresses them.
    pub(super) fn code_breakpoints(&self) -> Option<u64> {
        let (db, dr7) = self.effective_db();
        if dr7 & DR7_BP_EN_MASK == 0 || self.cpu.rflags & RF != 0 {
            return None;
        }
        let rip = self.linear_rip();
        let mut dr6 = 0;
        for (i, address) in db.iter().enumerate() {
            let enabled = dr7 >> (2 * i) & 3 != 0;
            // A breakpoint for execution: type and length are 0.
            let is_code = dr7 >> (16 + 4 * i) & 15 == 0;
            if enabled && is_code && *address == rip {
                dr6 |= 1 << i;
            }
        }
        (dr6 != 0).then_some(dr6)
    }

    /// Returns whether the debugger gets each `#DB`.
    pub(crate) fn intercepts_debug(&self) -> bool {
        self.guest_debug
            .has(KVM_GUESTDBG_SINGLESTEP | KVM_GUESTDBG_USE_HW_BP)
    }

    /// Handles `#DB` with these reasons. Returns whether the debugger gets it; else the guest does.
    /// After `hlt` the exit reason stays `KVM_EXIT_HLT`.
    pub(crate) fn intercept_debug(&mut self, run: &RunPage, dr6: u64, halted: bool) -> bool {
        if !self.intercepts_debug() {
            self.debugregs.dr6 |= dr6;
            return false;
        }
        if !halted {
            run.exit_debug(KvmRunDebug {
                exception: Exception::Debug as u32,
                pad: 0,
                pc: self.linear_rip(),
                dr6: DR6_ACTIVE_LOW | dr6,
                dr7: self.effective_db().1,
            });
        }
        true
    }

    /// Reports that the guest is at an `int3` of the debugger.
    pub(crate) fn exit_breakpoint(&self, run: &RunPage) {
        run.exit_debug(KvmRunDebug {
            exception: Exception::Breakpoint as u32,
            pc: self.linear_rip(),
            ..KvmRunDebug::default()
        });
    }
}

impl RunPage {
    /// Reports that the guest is at a breakpoint, or was stepped.
    pub(super) fn exit_debug(&self, debug: KvmRunDebug) {
        self.exit_reason(KVM_EXIT_DEBUG);
        self.0.map().write(offset_of!(KvmRun, exit), debug);
    }
}
