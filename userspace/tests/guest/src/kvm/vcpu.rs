// SPDX-License-Identifier: MIT OR Apache-2.0

//! A vCPU.

use std::mem::offset_of;
use std::os::fd::{AsRawFd, RawFd};

use kvm_bindings::{KVM_EXIT_MMIO, kvm_regs, kvm_run, kvm_sregs};
use kvm_ioctls::{VcpuFd, VmFd};
use nix::errno::Errno;
use nix::sys::mman::MapFlags;

use super::{Exit, Memory, PAGE, as_fd};

/// A vCPU and its mapping.
pub struct Vcpu {
    /// The descriptor, for ioctls that have no method here.
    pub fd: VcpuFd,
    /// A second mapping besides that of kvm-ioctls: `kvm_run`,
    /// the port I/O page and the coalesced MMIO ring.
    pub mapping: Memory,
}

impl Vcpu {
    /// Creates a vCPU, in the state after a reset.
    pub fn create(vm: &VmFd, id: u64) -> Self {
        let fd = vm.create_vcpu(id).expect("KVM_CREATE_VCPU");
        let mapping = Memory::of(as_fd(&fd), 3 * PAGE, MapFlags::MAP_SHARED);
        Vcpu { fd, mapping }
    }

    /// Sets the start address, below 64 KiB, and the stack, with CS at 0.
    pub fn start_at(&self, ip: u64, sp: u64) {
        self.change_sregs(|sregs| {
            sregs.cs.base = 0;
            sregs.cs.selector = 0;
        });
        self.change_regs(|regs| {
            *regs = kvm_regs {
                rip: ip,
                rsp: sp,
                rflags: 2,
                ..kvm_regs::default()
            }
        });
    }

    /// Calls `KVM_GET_REGS`.
    pub fn regs(&self) -> kvm_regs {
        self.fd.get_regs().expect("KVM_GET_REGS")
    }

    /// Calls `KVM_GET_REGS`, then `KVM_SET_REGS` with the changed registers.
    pub fn change_regs(&self, change: impl FnOnce(&mut kvm_regs)) {
        let mut regs = self.regs();
        change(&mut regs);
        self.fd.set_regs(&regs).expect("KVM_SET_REGS");
    }

    /// Calls `KVM_GET_SREGS`.
    pub fn sregs(&self) -> kvm_sregs {
        self.fd.get_sregs().expect("KVM_GET_SREGS")
    }

    /// Calls `KVM_GET_SREGS`, then `KVM_SET_SREGS` with the changed registers.
    pub fn change_sregs(&self, change: impl FnOnce(&mut kvm_sregs)) {
        let mut sregs = self.sregs();
        change(&mut sregs);
        self.fd.set_sregs(&sregs).expect("KVM_SET_SREGS");
    }

    /// Calls `KVM_RUN`, and returns the exit.
    pub fn run(&mut self) -> nix::Result<Exit> {
        match self.fd.run() {
            Ok(_) => Ok(Exit::of(&self.mapping.read(0, 3 * PAGE))),
            Err(error) => Err(Errno::from_raw(error.errno())),
        }
    }

    /// Returns `exit_reason` of `kvm_run`, whatever `KVM_RUN` returned.
    pub fn exit_reason(&self) -> u32 {
        self.mapping.dword(offset_of!(kvm_run, exit_reason))
    }

    /// Writes the data for an [`Exit::In`] or [`Exit::Read`].
    pub fn answer(&self, bytes: &[u8]) {
        let at = match self.exit_reason() {
            KVM_EXIT_MMIO => offset_of!(kvm_run, __bindgen_anon_1) + 8,
            _ => PAGE,
        };
        self.mapping.write(at, bytes);
    }

    /// Sets `immediate_exit` of `kvm_run`.
    pub fn immediate_exit(&self, value: u8) {
        let at = offset_of!(kvm_run, immediate_exit);
        self.mapping.write(at, &[value]);
    }
}

impl AsRawFd for Vcpu {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}
