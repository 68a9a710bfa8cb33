// SPDX-License-Identifier: MIT OR Apache-2.0

//! A virtual CPU.

use std::mem::offset_of;
use std::os::fd::{AsRawFd, RawFd};

use kvm_bindings::{KVM_EXIT_MMIO, kvm_regs, kvm_run, kvm_sregs};
use kvm_ioctls::{VcpuFd, VmFd};
use nix::errno::Errno;
use nix::sys::mman::MapFlags;

use super::{Exit, Memory, PAGE, as_fd};

/// A CPU, and what it tells.
pub struct Vcpu {
    /// By which a test asks for what is not here.
    pub fd: VcpuFd,
    /// `kvm_run`, the page of port data and the ring of coalesced MMIO: a mapping beside that of
    /// kvm-ioctls.
    pub mapping: Memory,
}

impl Vcpu {
    /// Makes one. It is as a reset leaves it.
    pub fn create(vm: &VmFd, id: u64) -> Self {
        let fd = vm.create_vcpu(id).expect("KVM_CREATE_VCPU");
        let mapping = Memory::of(as_fd(&fd), 3 * PAGE, MapFlags::MAP_SHARED);
        Vcpu { fd, mapping }
    }

    /// Lets it begin at an address below 64 KiB, in real mode with all segments at 0.
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

    /// `KVM_GET_REGS`.
    pub fn regs(&self) -> kvm_regs {
        self.fd.get_regs().expect("KVM_GET_REGS")
    }

    /// `KVM_GET_REGS`, and `KVM_SET_REGS` of what becomes of them.
    pub fn change_regs(&self, change: impl FnOnce(&mut kvm_regs)) {
        let mut regs = self.regs();
        change(&mut regs);
        self.fd.set_regs(&regs).expect("KVM_SET_REGS");
    }

    /// `KVM_GET_SREGS`.
    pub fn sregs(&self) -> kvm_sregs {
        self.fd.get_sregs().expect("KVM_GET_SREGS")
    }

    /// `KVM_GET_SREGS`, and `KVM_SET_SREGS` of what becomes of them.
    pub fn change_sregs(&self, change: impl FnOnce(&mut kvm_sregs)) {
        let mut sregs = self.sregs();
        change(&mut sregs);
        self.fd.set_sregs(&sregs).expect("KVM_SET_SREGS");
    }

    /// `KVM_RUN`, and why it returned.
    pub fn run(&mut self) -> nix::Result<Exit> {
        match self.fd.run() {
            Ok(_) => Ok(Exit::of(&self.mapping.read(0, 3 * PAGE))),
            Err(error) => Err(Errno::from_raw(error.errno())),
        }
    }

    /// `exit_reason` of `kvm_run`, whatever `KVM_RUN` returned.
    pub fn exit_reason(&self) -> u32 {
        self.mapping.dword(offset_of!(kvm_run, exit_reason))
    }

    /// Writes where the guest will find what it has asked for by [`Exit::In`] or [`Exit::Read`].
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
