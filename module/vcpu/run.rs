// SPDX-License-Identifier: GPL-2.0

//! `KVM_RUN`: runs the guest until it needs user space.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_run()`, `vcpu_run()` and `post_kvm_run_save()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c). Where KVM enters the guest there, the
//! interpreter executes one instruction here.

use kernel::{
    current,
    prelude::*, //
};

use super::{
    bus::Outcome,
    mmio::Progress,
    pio::PortIo,
    sregs::{
        CR0_PE,
        CR8_MAX, //
    },
    State,
    Vcpu, //
};
use crate::{
    emulator::Stop,
    uapi::kvm::{
        KVM_EXIT_HLT,
        KVM_EXIT_INTR,
        KVM_EXIT_SHUTDOWN,
        KVM_EXIT_UNKNOWN, //
    }, //
};

const RFLAGS_IF: u64 = 1 << 9;

/// Whether `KVM_RUN` goes on, or returns 0 and `kvm_run` says why.
enum Next {
    Instruction,
    Exit,
}

/// # Errors
///
/// `EINVAL` for any argument but 0, for registers that are to be in `kvm_run`, and for a CR8 that
/// no processor has; `EINTR` where `immediate_exit` is set, or a signal pending; `EFAULT` where
/// the guest's memory is not there. The guest is then at the beginning of an instruction.
// ANCHOR: ioctl
pub(super) fn ioctl(vcpu: &Vcpu, state: &mut State, arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    state.has_run = true;
    // Read once, and before anything is done: a signal handler sets it.
    let wants_to_run = !vcpu.run.immediate_exit();

    let result = state.enter(vcpu, wants_to_run);
    vcpu.run.save(
        state.cpu.rflags & RFLAGS_IF != 0,
        state.sregs.cr8,
        state.sregs.apic_base,
    );
    result.map(|()| 0)
}
// ANCHOR_END: ioctl

impl State {
    // ANCHOR: enter
    fn enter(&mut self, vcpu: &Vcpu, wants_to_run: bool) -> Result {
        let cr8 = vcpu.run.cr8();
        if vcpu.run.wants_sync_regs() || cr8 > CR8_MAX {
            return Err(EINVAL);
        }
        self.sregs.cr8 = cr8;

        // What the last exit has left undone comes first, even if that is all.
        if let Next::Exit = self.complete(vcpu)? {
            return Ok(());
        }
        if !wants_to_run {
            return Err(EINTR);
        }

        vcpu.run.exit_reason(KVM_EXIT_UNKNOWN);
        loop {
            if current!().signal_pending() {
                vcpu.run.exit_reason(KVM_EXIT_INTR);
                return Err(EINTR);
            }
            self.mmio.reads.clear();
            if let Next::Exit = self.step(vcpu)? {
                return Ok(());
            }
        }
    }
    // ANCHOR_END: enter

    // ANCHOR: complete
    /// Completes the instruction that user space was asked to help with.
    fn complete(&mut self, vcpu: &Vcpu) -> Result<Next> {
        match self.mmio.complete(vcpu, self.linear_rip()) {
            Progress::Idle => {}
            Progress::Exit => return Ok(Next::Exit),
            Progress::Read => {
                self.mmio.reads.rewind();
                return self.step(vcpu);
            }
        }
        self.answer_port_io();
        // One value of what `ins` has read ahead in each step.
        while let answered @ PortIo::Answered { .. } = self.port_io {
            self.mmio.reads.clear();
            let next = self.step(vcpu)?;
            if self.port_io == answered {
                // User space has put another instruction there.
                self.port_io = PortIo::Idle;
            }
            if let Next::Exit = next {
                return Ok(Next::Exit);
            }
        }
        Ok(Next::Instruction)
    }
    // ANCHOR_END: complete

    // ANCHOR: step
    /// Executes one instruction.
    fn step(&mut self, vcpu: &Vcpu) -> Result<Next> {
        if self.cpu.cr0 & CR0_PE != 0 {
            vcpu.run.exit_emulation_failure(&[]);
            return Ok(Next::Exit);
        }
        let invalid_opcode = core::mem::take(&mut self.invalid_opcode);
        let (cpu, mut bus) = self.cpu_and_bus(vcpu);
        let result = if invalid_opcode {
            cpu.raise_invalid_opcode(&mut bus)
        } else {
            cpu.step(&mut bus)
        };
        let posted = bus.posted;
        drop(bus);
        match result {
            Ok(()) if posted => {}
            Ok(()) => return Ok(Next::Instruction),
            Err(Stop::Halt) => vcpu.run.exit_reason(KVM_EXIT_HLT),
            Err(Stop::Shutdown) => {
                self.init();
                vcpu.run.exit_reason(KVM_EXIT_SHUTDOWN);
            }
            Err(Stop::Unimplemented(bytes, length) | Stop::Bus(Outcome::NoCode(bytes, length))) => {
                self.fail(vcpu, bytes.get(..length).unwrap_or_default())
            }
            Err(Stop::Bus(Outcome::Exit)) => {}
            Err(Stop::Bus(Outcome::Error(error))) => return Err(error),
        }
        Ok(Next::Exit)
    }
    // ANCHOR_END: step

    /// Leaves an instruction to user space, or to the guest itself, which gets an exception if it
    /// is run again.
    fn fail(&mut self, vcpu: &Vcpu, bytes: &[u8]) {
        vcpu.run.exit_emulation_failure(bytes);
        self.invalid_opcode = true;
    }
}
