// SPDX-License-Identifier: GPL-2.0

//! The engine of `/dev/hiboma-svm`: the CPU itself executes the guest, by `vmrun`.
//!
//! Counterpart: [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c). What the comments call AMD's
//! manual is the *AMD64 Architecture Programmer's Manual*; volume 2, chapter "Secure Virtual Machine".
//!
//! A vCPU keeps its registers in the same place as with the interpreter. They are loaded into the
//! VMCB before an entry, and stored back after the exit. The guest runs until it causes an exit. If
//! an instruction must then be emulated in real mode, the interpreter executes that instruction.
//!
//! There are no mitigations against speculative execution attacks here: run only guests you trust.
//!
//! # Layout
//!
//! - `hardware_setup.rs`: whether the CPU can run guests; `cpuid.rs`: the features that guests see;
//! - `vmcb.rs`: the control block; `state.rs`: loads the registers into it, and stores them back;
//! - `nested_paging.rs`: the guest's memory;
//! - `exits.rs`: handles exits; `exit_reasons.rs`: reports them to userspace;
//! - `events.rs`: injects exceptions and interrupts;
//! - `registers.rs`: control and debug registers;
//! - `emulate_instruction.rs`: emulates the instruction that exited in protected or long mode.
//!   `instruction.rs` decodes it, of `code.rs` and `mode.rs`; `emulate.rs` executes it, with `string.rs`,
//!   `register.rs`, `alu.rs` and `segmented.rs`, which needs `guest_paging.rs` and `accessed_dirty.rs`.

use kernel::{
    cpu::CpuId,
    prelude::*, //
};
use zerocopy::FromZeros;

mod accessed_dirty;
mod alu;
mod code;
pub(crate) mod cpuid;
mod emulate;
mod emulate_instruction;
mod events;
mod exit_reasons;
mod exits;
pub(crate) mod guest_paging;
pub(crate) mod hardware_setup;
mod instruction;
mod mode;
pub(crate) mod nested_paging;
mod register;
mod registers;
mod segmented;
mod state;
mod string;
pub(crate) mod vmcb;

use crate::{
    abstractions::{
        physical::Physical,
        world_switch::{
            GuestRegisters,
            HostArea, //
        }, //
    },
    emulator::flags::{
        RF,
        TF, //
    },
    vcpu::{
        debugregs::DR6_ACTIVE_LOW,
        events::Event,
        run::Next,
        State,
        Vcpu, //
    },
    vm::Vm, //
};
use events::Delivery;
use nested_paging::NestedPageTable;
use vmcb::Vmcb;

/// The exit code of a failed `vmrun`.
const EXIT_ERR: u32 = u32::MAX;

/// The additional state of a vCPU whose guest the CPU executes.
pub(crate) struct Svm {
    vmcb: Physical<Vmcb>,
    /// Holds the host's registers while the guest runs.
    host: HostArea,
    nested: NestedPageTable,
    /// The CPU on which the guest last ran.
    last_vmentry_cpu: u32,
    /// The address of the `iret` of an NMI's handler: its exit was handled, and it executes next.
    nmi_iret_rip: Option<u64>,
    /// Whether this entry executes only that `iret`, because another NMI is pending.
    nmi_singlestep: bool,
}

impl Svm {
    /// Creates the engine for a vCPU of `vm`; `None` if the interpreter executes its guests.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn for_vcpu_of(vm: &Vm) -> Result<Option<KBox<Self>>> {
        if vm.mmu_notifier.is_none() {
            return Ok(None);
        }
        let svm = KBox::new(
            Svm {
                vmcb: Physical::filled(0)?,
                host: HostArea::new()?,
                nested: NestedPageTable::new()?,
                last_vmentry_cpu: 0,
                nmi_iret_rip: None,
                nmi_singlestep: false,
            },
            GFP_KERNEL_ACCOUNT,
        )?;
        Ok(Some(svm))
    }

    /// Returns whether the CPU refused the guest's state: `svm_is_vmrun_failure()`. An emulated CPU
    /// reports only the lower half of the exit code.
    fn vmrun_has_failed(&self) -> bool {
        self.vmcb.control.exit_code as u32 == EXIT_ERR
    }

    /// Fills the VMCB with zeros, as at reset. (Fields with other values are written before each
    /// entry.)
    pub(crate) fn init_vmcb(&mut self) {
        self.vmcb.zero();
        self.nmi_iret_rip = None;
    }
}

impl State {
    /// Returns why the guest last exited: `svm_get_exit_info()`.
    pub(crate) fn exit_info(&self) -> Option<[u64; 5]> {
        let control = &self.svm.as_ref()?.vmcb.control;
        let event = control.exit_int_info;
        Some([
            control.exit_code,
            control.exit_info_1,
            control.exit_info_2,
            event.info.into(),
            event.error_code.into(),
        ])
    }

    /// Runs the guest until it exits, and handles the exit. Returns `None` if an instruction or
    /// `event` must be emulated, or if there is no SVM engine. Takes `event` if the CPU runs.
    pub(crate) fn svm_vcpu_run(
        &mut self,
        vcpu: &Vcpu,
        event: &mut Option<Event>,
    ) -> Result<Option<Next>> {
        if self.svm.is_none() {
            return Ok(None);
        }
        match self.inject_event(vcpu, *event) {
            Delivery::Cpu => *event = None,
            Delivery::Interpreter => return Ok(None),
            Delivery::Debugger => return Ok(Some(Next::ExitUserspace)),
        }
        let mut sregs = self.get_sregs();
        let (db, dr7) = self.effective_db();
        let (db, shadow) = (*db, self.events.interrupt_shadow);
        let (Some(svm), Some(notifier)) = (&mut self.svm, &vcpu.vm.mmu_notifier) else {
            return Ok(None);
        };
        svm.nested.refresh(notifier);
        svm.load(&self.cpu, &mut sregs, &self.msrs);
        svm.vmcb.save.dr6 = DR6_ACTIVE_LOW;
        svm.vmcb.save.dr7 = dr7;
        svm.vmcb.control.int_state = shadow.into();
        // Not with an event: the CPU would save the flags for the end of its handler.
        svm.nmi_singlestep &= !svm.has_event();
        if svm.nmi_singlestep {
            svm.vmcb.save.rflags |= TF | RF;
        }
        let (rip, rflags) = (self.cpu.rip, self.cpu.rflags);
        let guest = GuestRegisters {
            regs: &mut self.cpu.regs,
            fpu: &mut self.fpu,
            db,
            dr7,
        };
        let Svm {
            vmcb, host, nested, ..
        } = &mut **svm;
        if !host.enter(vmcb, guest, nested, notifier) {
            return Ok(Some(Next::ReenterGuest));
        }
        svm.last_vmentry_cpu = CpuId::current().as_u32();
        if svm.vmrun_has_failed() {
            // The guest has not run. The VMCB may hold anything, even host registers: ignore it.
            let (reason, cpu) = (svm.vmcb.control.exit_code, svm.last_vmentry_cpu);
            vcpu.run.exit_fail_entry(reason, cpu);
            return Ok(Some(Next::ExitUserspace));
        }
        svm.store(&mut self.cpu, &mut sregs, &mut self.msrs);
        if svm.nmi_singlestep && self.cpu.rip == rip {
            // The `iret` has not completed, and has not replaced the flags.
            self.cpu.rflags = rflags;
        }
        self.complete_interrupts();
        self.set_sregs(&sregs);
        self.handle_exit(vcpu)
    }
}
