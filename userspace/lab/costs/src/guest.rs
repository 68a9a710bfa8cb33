// SPDX-License-Identifier: MIT OR Apache-2.0

//! Code that runs in a vCPU: instructions, and exits.

use std::ffi::CStr;

use anyhow::Result;
use hiboma::kvm::KVM_RUN;
use kvm_ioctls::{Kvm, VcpuFd, VmFd};
use pairs::Memory;

use crate::call::ioctl;
use crate::report::Report;
use crate::samples::Sample;

pairs::guest!(
    r"
    // Ends after as many rounds as ecx says.
.register:
    dec ecx
    jnz .register
    hlt

    // The same, with a load, and with two.
    .org guest_begin + 0x20
.load:
    mov al, [bx]
    dec ecx
    jnz .load
    hlt

    .org guest_begin + 0x30
.loads:
    mov al, [bx]
    mov al, [bx]
    dec ecx
    jnz .loads
    hlt

    // The same, with a store, and with two.
    .org guest_begin + 0x40
.store:
    mov [bx], al
    dec ecx
    jnz .store
    hlt

    .org guest_begin + 0x50
.stores:
    mov [bx], al
    mov [bx], al
    dec ecx
    jnz .stores
    hlt

    // Each round is an exit.
    .org guest_begin + 0x60
.out:
    out 0x60, al
    jmp .out

    .org guest_begin + 0x80
.mmio:
    mov [0x8000], al
    jmp .mmio

    .org guest_begin + 0xa0
.halt:
    hlt
    jmp .halt

    // A loop with `cpuid`, which writes to ecx, and one with two.
    .org guest_begin + 0xc0
.cpuid:
    mov esi, ecx
.cpuid_again:
    cpuid
    dec esi
    jnz .cpuid_again
    hlt

    .org guest_begin + 0xe0
.cpuids:
    mov esi, ecx
.cpuids_again:
    cpuid
    cpuid
    dec esi
    jnz .cpuids_again
    hlt
    "
);

/// The offsets of the guest's loops.
#[derive(Clone, Copy)]
enum Loop {
    Register = 0x00,
    Load = 0x20,
    Loads = 0x30,
    Store = 0x40,
    Stores = 0x50,
    Out = 0x60,
    Mmio = 0x80,
    Halt = 0xa0,
    Cpuid = 0xc0,
    Cpuids = 0xe0,
}

/// The address and the size of the guest's memory. Its code is at the beginning.
const MEMORY: u64 = 0x1000;
const SIZE: usize = 0x1000;

/// The address that the guest's instructions read and write.
const DATA: u64 = MEMORY + 0x800;

/// Rounds of a loop. Few, so that usually no timer interrupt comes in between.
const ROUNDS: u32 = 10;

/// Counts the guest's instructions and exits.
pub fn count(report: &Report, path: &CStr) -> Result<()> {
    let vcpu = Vcpu::new(path)?;
    report.count("instruction", || {
        Ok(Sample {
            with: vcpu.run_loop(Loop::Register, 2 * ROUNDS)?,
            without: vcpu.run_loop(Loop::Register, ROUNDS)?,
            // A round is two instructions.
            times: 2 * ROUNDS,
        })
    })?;
    for (name, two, one) in [
        ("instruction-load", Loop::Loads, Loop::Load),
        ("instruction-store", Loop::Stores, Loop::Store),
        ("cpuid", Loop::Cpuids, Loop::Cpuid),
    ] {
        report.count(name, || {
            Ok(Sample {
                with: vcpu.run_loop(two, ROUNDS)?,
                without: vcpu.run_loop(one, ROUNDS)?,
                times: ROUNDS,
            })
        })?;
    }
    for (name, exits) in [
        ("exit-out", Loop::Out),
        ("exit-mmio", Loop::Mmio),
        ("exit-hlt", Loop::Halt),
    ] {
        // Each exit has a vCPU of its own, since KVM_RUN first completes the last exit.
        let vcpu = Vcpu::new(path)?;
        vcpu.start(exits, 0)?;
        report.count(name, || vcpu.run())?;
    }
    Ok(())
}

/// A vCPU for the guest's loops.
struct Vcpu {
    vcpu: VcpuFd,
    _vm: VmFd,
}

impl Vcpu {
    fn new(path: &CStr) -> Result<Vcpu> {
        let vm = Kvm::new_with_path(path)?.create_vm()?;
        let memory = Memory::new(SIZE)?;
        memory.load(guest())?;
        memory.set_region(&vm, 0, MEMORY, 0)?;
        let vcpu = vm.create_vcpu(0)?;
        pairs::start_at(&vcpu, MEMORY)?;
        Ok(Vcpu { vcpu, _vm: vm })
    }

    /// Runs a loop this many rounds.
    fn run_loop(&self, it: Loop, rounds: u32) -> Result<u32> {
        self.start(it, rounds)?;
        self.run()
    }

    /// Sets the vCPU to the beginning of a loop.
    fn start(&self, it: Loop, rounds: u32) -> Result<()> {
        let mut regs = self.vcpu.get_regs()?;
        regs.rip = MEMORY + it as u64;
        regs.rbx = DATA;
        regs.rcx = rounds.into();
        Ok(self.vcpu.set_regs(&regs)?)
    }

    /// Runs the vCPU until its next exit.
    fn run(&self) -> Result<u32> {
        Ok(ioctl(&self.vcpu, KVM_RUN, 0)?)
    }
}
