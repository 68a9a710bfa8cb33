// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`KvmMachine`]: a device with KVM's interface.

mod registers;

use std::ffi::CString;

use anyhow::{Context, Result, ensure};
use emulator::Cpu;
use kvm_bindings::{
    KVM_EXIT_INTERNAL_ERROR, KVM_MEM_READONLY, kvm_regs, kvm_sregs, kvm_userspace_memory_region,
};
use kvm_ioctls::{Kvm, VcpuExit, VcpuFd, VmFd};
use random::Dice;

use super::Machine;
use crate::exit::{Exit, Port};
use crate::flat;
use crate::memory::Memory;
use crate::memory_map::{PAGE, regions};
use crate::mode::Mode;
use registers::{from_kvm, set_registers, to_kvm};

/// A VM of a device.
pub struct KvmMachine {
    name: String,
    mode: Mode,
    memory: Memory,
    vcpu: VcpuFd,
    /// The registers after a reset, including those that real mode does not have.
    reset: kvm_sregs,
    start: Cpu,
    /// Whether the next `KVM_RUN` must complete the last exit.
    unfinished: bool,
    _vm: VmFd,
}

impl KvmMachine {
    /// Creates a VM for a mode on the device at `path`.
    pub fn new(mode: Mode, path: &str) -> Result<KvmMachine> {
        let device = Kvm::new_with_path(CString::new(path)?)
            .with_context(|| format!("cannot open {path}: `cargo lab differential` has it"))?;
        let vm = device
            .create_vm()
            .with_context(|| format!("{path}: KVM_CREATE_VM"))?;
        let memory = Memory::new(mode)?;
        for (slot, region) in (0..).zip(regions()) {
            let region = kvm_userspace_memory_region {
                slot,
                flags: if region.read_only {
                    KVM_MEM_READONLY
                } else {
                    0
                },
                guest_phys_addr: region.address.into(),
                memory_size: (region.pages * PAGE) as u64,
                userspace_addr: memory.address(region.page),
            };
            // SAFETY: The pages belong to `memory`, which lives as long
            // as the VM, and are accessed only while no vCPU runs.
            unsafe { vm.set_user_memory_region(region) }
                .with_context(|| format!("{path}: KVM_SET_USER_MEMORY_REGION of slot {slot}"))?;
        }
        let vcpu = vm
            .create_vcpu(0)
            .with_context(|| format!("{path}: KVM_CREATE_VCPU"))?;
        if mode != Mode::Real {
            vcpu.set_cpuid2(&flat::cpuid()?)
                .with_context(|| format!("{path}: KVM_SET_CPUID2"))?;
        }
        let reset = vcpu
            .get_sregs()
            .with_context(|| format!("{path}: KVM_GET_SREGS"))?;
        let mut machine = KvmMachine {
            name: path.to_owned(),
            mode,
            memory,
            vcpu,
            reset,
            start: from_kvm(&kvm_regs::default(), &reset),
            unfinished: false,
            _vm: vm,
        };
        machine.start = machine.cpu()?;
        Ok(machine)
    }
}

impl Machine for KvmMachine {
    fn name(&self) -> &str {
        &self.name
    }

    fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    fn memory_bytes(&self) -> &[u8] {
        self.memory.bytes()
    }

    fn start(&mut self, cpu: &Cpu) -> Result<()> {
        if self.unfinished {
            self.vcpu.set_kvm_immediate_exit(1);
            let ended = self.vcpu.run().is_err();
            self.vcpu.set_kvm_immediate_exit(0);
            ensure!(
                ended,
                "{}: KVM_RUN ran in spite of immediate_exit",
                self.name
            );
            self.unfinished = false;
        }
        let (regs, mut sregs) = to_kvm(cpu, &self.reset);
        if self.mode != Mode::Real {
            sregs = flat::sregs(self.mode, &self.reset);
            flat::reset(&self.vcpu)?;
        }
        self.vcpu.set_sregs(&sregs).context("KVM_SET_SREGS")?;
        self.vcpu.set_regs(&regs).context("KVM_SET_REGS")?;
        self.start = cpu.clone();
        Ok(())
    }

    fn run(&mut self, answers: &mut Dice) -> Result<Exit> {
        let mut answer = |data: &mut [u8]| {
            data.fill_with(|| answers.byte());
            data.to_vec()
        };
        let exit = match self.vcpu.run() {
            Ok(VcpuExit::IoIn(port, data)) => Exit::In(Port {
                port,
                size: 0,
                data: answer(data),
            }),
            Ok(VcpuExit::IoOut(port, data)) => Exit::Out(Port {
                port,
                size: 0,
                data: data.to_vec(),
            }),
            Ok(VcpuExit::MmioRead(address, data)) => Exit::MmioRead(address, answer(data)),
            Ok(VcpuExit::MmioWrite(address, data)) => Exit::MmioWrite(address, data.to_vec()),
            Ok(VcpuExit::Hlt) => Exit::Halt,
            Ok(VcpuExit::Shutdown) => Exit::Shutdown,
            Ok(VcpuExit::InternalError) => Exit::InternalError(0),
            Ok(other) => Exit::Other(format!("{other:x?}")),
            Err(error) if error.errno() == nix::libc::EINTR => Exit::Endless,
            Err(error) => Exit::Other(format!("KVM_RUN: {error}")),
        };
        let run = self.vcpu.get_kvm_run();
        let exit = match exit {
            Exit::In(port) => {
                // SAFETY: For KVM_EXIT_IO, this member of the union is valid.
                let size = unsafe { run.__bindgen_anon_1.io.size };
                Exit::In(Port { size, ..port })
            }
            Exit::Out(port) => {
                // SAFETY: As above.
                let size = unsafe { run.__bindgen_anon_1.io.size };
                Exit::Out(Port { size, ..port })
            }
            Exit::InternalError(_) if run.exit_reason == KVM_EXIT_INTERNAL_ERROR => {
                // SAFETY: For KVM_EXIT_INTERNAL_ERROR, this member of the union is valid.
                Exit::InternalError(unsafe { run.__bindgen_anon_1.internal.suberror })
            }
            exit => exit,
        };
        self.unfinished = matches!(
            exit,
            Exit::In(_) | Exit::Out(_) | Exit::MmioRead(..) | Exit::MmioWrite(..)
        );
        Ok(exit)
    }

    fn registers(&mut self) -> Result<Cpu> {
        let mut cpu = self.start.clone();
        set_registers(&mut cpu, &self.vcpu.get_regs().context("KVM_GET_REGS")?);
        Ok(cpu)
    }

    fn cpu(&mut self) -> Result<Cpu> {
        let regs = self.vcpu.get_regs().context("KVM_GET_REGS")?;
        let sregs = self.vcpu.get_sregs().context("KVM_GET_SREGS")?;
        Ok(from_kvm(&regs, &sregs))
    }

    fn system(&mut self) -> Result<Vec<(String, u64)>> {
        match self.mode {
            Mode::Real => Ok(Vec::new()),
            _ => flat::system(&self.vcpu),
        }
    }
}
