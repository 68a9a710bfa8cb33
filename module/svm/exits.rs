// SPDX-License-Identifier: GPL-2.0

//! Handles an exit by its reason.
//!
//! Counterparts: `svm_exit_handlers` and `svm_handle_exit()` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c); AMD's manual, volume 2, appendix C.

use kernel::prelude::*;

use super::{
    events::{
        AC_VECTOR,
        DB_VECTOR,
        UD_VECTOR, //
    },
    nested_paging::fault_in,
    registers::DR6_VOLATILE,
};
use crate::{
    abstractions::msr::machine_check,
    uapi::kvm::{
        KVM_EXIT_INTR,
        MSR_EFER, //
    },
    vcpu::{
        run::Next,
        sregs::{
            CR0_PE,
            EFER_LMA, //
        },
        State,
        Vcpu, //
    }, //
};

pub(super) const EXIT_READ_CR0: u64 = 0x00;
pub(super) const EXIT_WRITE_DR15: u64 = 0x3f;
const EXIT_DB: u64 = 0x40 + DB_VECTOR as u64;
const EXIT_BP: u64 = 0x43;
const EXIT_AC: u64 = 0x40 + AC_VECTOR as u64;
const EXIT_MC: u64 = 0x40 + 18;
const EXIT_INTR: u64 = 0x60;
const EXIT_INIT: u64 = 0x63;
const EXIT_VINTR: u64 = 0x64;
const EXIT_RDPMC: u64 = 0x6f;
pub(super) const EXIT_CPUID: u64 = 0x72;
const EXIT_IRET: u64 = 0x74;
const EXIT_INVD: u64 = 0x76;
pub(super) const EXIT_HLT: u64 = 0x78;
const EXIT_INVLPGA: u64 = 0x7a;
pub(super) const EXIT_IOIO: u64 = 0x7b;
const EXIT_MSR: u64 = 0x7c;
const EXIT_SHUTDOWN: u64 = 0x7f;
const EXIT_VMRUN: u64 = 0x80;
const EXIT_VMMCALL: u64 = 0x81;
const EXIT_VMLOAD: u64 = 0x82;
const EXIT_RDTSCP: u64 = 0x87;
const EXIT_WBINVD: u64 = 0x89;
const EXIT_MONITOR: u64 = 0x8a;
const EXIT_MWAIT_COND: u64 = 0x8c;
const EXIT_XSETBV: u64 = 0x8d;
const EXIT_RDPRU: u64 = 0x8e;
const EXIT_NPF: u64 = 0x400;

/// In the error code of a nested page fault: the access is a write.
const PFERR_WRITE: u64 = 1 << 1;

const RAX: usize = 0;
const RCX: usize = 1;
const RDX: usize = 2;

/// The result of a `vmmcall` with an unknown number: `KVM_ENOSYS`.
const ENOSYS: i64 = -1000;
/// The result of a `vmmcall` in user mode.
const EPERM: i64 = -1;

impl State {
    // ANCHOR: handle-exit
    /// Handles the exit. Returns `None` if the instruction at which the guest stopped must be
    /// emulated.
    pub(super) fn handle_exit(&mut self, vcpu: &Vcpu) -> Result<Option<Next>> {
        let Some(svm) = &mut self.svm else {
            return Ok(None);
        };
        let control = &svm.vmcb.control;
        let (code, info1, info2) = (control.exit_code, control.exit_info_1, control.exit_info_2);
        match code {
            // The host has already handled its interrupt.
            EXIT_INTR..=EXIT_INIT => {}
            EXIT_IOIO | EXIT_CPUID | EXIT_HLT => return Ok(None),
            EXIT_NPF => return self.nested_page_fault(vcpu, info2, info1 & PFERR_WRITE != 0),
            EXIT_READ_CR0..=EXIT_WRITE_DR15 => return self.register_interception(vcpu),
            EXIT_MSR => self.msr_interception(vcpu, info1 & 1 != 0)?,
            // The guest can take an interrupt now.
            EXIT_VINTR => {}
            // The handler of an NMI returns. NMIs are masked until the `iret` has been executed.
            EXIT_IRET if self.cpu.cr0 & CR0_PE == 0 => return Ok(None),
            EXIT_IRET => svm.nmi_iret_rip = Some(self.cpu.rip),
            EXIT_DB => {
                let (dr6, at_iret) = (svm.vmcb.save.dr6 & DR6_VOLATILE, svm.nmi_singlestep);
                if at_iret && !self.intercepts_debug() {
                    return Ok(Some(Next::ReenterGuest));
                }
                if self.intercept_debug(&vcpu.run, dr6, false) {
                    return Ok(Some(Next::ExitUserspace));
                }
                self.queue_db();
            }
            EXIT_BP => {
                self.exit_breakpoint(&vcpu.run);
                return Ok(Some(Next::ExitUserspace));
            }
            EXIT_AC => svm.queue_exception(AC_VECTOR, Some(0)),
            EXIT_MC => machine_check(),
            EXIT_RDPMC => self.queue_gp(),
            // Caches are coherent, and `mwait` may return at any time.
            EXIT_INVD | EXIT_WBINVD => self.skip(vcpu, 2)?,
            EXIT_MONITOR..=EXIT_MWAIT_COND => self.skip(vcpu, 3)?,
            EXIT_VMMCALL => self.vmmcall_interception(vcpu)?,
            EXIT_INVLPGA | EXIT_VMRUN | EXIT_VMLOAD..=EXIT_RDTSCP | EXIT_XSETBV | EXIT_RDPRU => {
                svm.queue_exception(UD_VECTOR, None)
            }
            EXIT_SHUTDOWN => {
                self.shutdown(&vcpu.run);
                return Ok(Some(Next::ExitUserspace));
            }
            _ => {
                vcpu.run.exit_unexpected_reason(code, svm.last_vmentry_cpu);
                return Ok(Some(Next::ExitUserspace));
            }
        }
        Ok(Some(Next::ReenterGuest))
    }
    // ANCHOR_END: handle-exit

    fn queue_db(&mut self) {
        if let Some(svm) = &mut self.svm {
            svm.queue_exception(DB_VECTOR, None);
        }
    }

    /// Handles an access to a page that the nested page table does not map, or not as writable.
    fn nested_page_fault(&mut self, vcpu: &Vcpu, gpa: u64, write: bool) -> Result<Option<Next>> {
        let Some(svm) = &mut self.svm else {
            return Ok(None);
        };
        let pfn = fault_in(&vcpu.vm, &mut self.io.slots, gpa, write).inspect_err(|error| {
            if *error == EINTR {
                vcpu.run.exit_reason(KVM_EXIT_INTR);
            }
        });
        if let Some(pfn) = pfn? {
            svm.nested.map(gpa, &pfn)?;
            return Ok(Some(Next::ReenterGuest));
        }
        let control = &svm.vmcb.control;
        if control.exit_int_info.is_valid() {
            // No instruction makes this access: the CPU was delivering an event.
            let data = [
                control.exit_info_2,
                control.exit_code,
                control.exit_info_1,
                gpa,
                svm.last_vmentry_cpu.into(),
            ];
            vcpu.run.exit_event_vectoring(data);
            return Ok(Some(Next::ExitUserspace));
        }
        Ok(None)
    }

    /// Handles `rdmsr` and `wrmsr`: `kvm_emulate_rdmsr()`, `kvm_emulate_wrmsr()`.
    fn msr_interception(&mut self, vcpu: &Vcpu, write: bool) -> Result {
        let index = self.cpu.regs[RCX] as u32;
        let low = |register: u64| register & u64::from(u32::MAX);
        let done = if write {
            let data = low(self.cpu.regs[RAX]) | self.cpu.regs[RDX] << 32;
            // The guest may enable only features that its `cpuid` reports.
            match index == MSR_EFER && !self.is_valid_efer(data) {
                true => None,
                false => self.set_msr(index, data),
            }
        } else {
            self.get_msr(index).map(|data| {
                self.cpu.regs[RAX] = low(data);
                self.cpu.regs[RDX] = data >> 32;
            })
        };
        match done {
            Some(()) => self.skip(vcpu, 2),
            None => {
                self.queue_gp();
                Ok(())
            }
        }
    }

    /// Fails every hypercall. (KVM completes number 1, `KVM_HC_VAPIC_POLL_IRQ`, and does nothing.)
    fn vmmcall_interception(&mut self, vcpu: &Vcpu) -> Result {
        let answer = if self.sregs.ss.dpl == 0 {
            ENOSYS
        } else {
            EPERM
        } as u64;
        let long = self.sregs.efer & EFER_LMA != 0 && self.sregs.cs.l != 0;
        self.cpu.regs[RAX] = if long {
            answer
        } else {
            u64::from(answer as u32)
        };
        self.skip(vcpu, 3)
    }
}
