// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Doorbell`]: the VM signals it when the guest writes a queue's number.

use std::os::fd::AsRawFd;

use hiboma::kvm::{KVM_IOEVENTFD_FLAG_DATAMATCH, KVM_IOEVENTFD_FLAG_PIO, KVMIO};
use kvm_bindings::kvm_ioeventfd;
use kvm_ioctls::VmFd;
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

nix::ioctl_write_ptr!(ioeventfd, KVMIO, 0x79, kvm_ioeventfd);

/// The port that the guest writes to.
const PORT: u64 = 0x10;

/// A doorbell that a VM signals and the program reads.
pub struct Doorbell(EventFd);

impl Doorbell {
    /// Returns a doorbell that has not been rung; reading it does not block.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Doorbell(EventFd::from_flags(EfdFlags::EFD_NONBLOCK)?))
    }

    /// Makes the VM ring it when the guest writes this number to the port.
    pub fn connect(&self, vm: &VmFd, queue: u64) -> anyhow::Result<()> {
        let args = kvm_ioeventfd {
            datamatch: queue,
            addr: PORT,
            // DATAMATCH compares a certain number of bytes.
            len: 1,
            fd: self.0.as_raw_fd(),
            flags: KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DATAMATCH,
            ..kvm_ioeventfd::default()
        };
        // SAFETY: The kernel only reads `args`, and keeps the open file, not the number.
        unsafe { ioeventfd(vm.as_raw_fd(), &args) }?;
        Ok(())
    }

    /// Returns how often it was rung.
    pub fn rung(&self) -> anyhow::Result<u64> {
        match self.0.read() {
            Err(Errno::EAGAIN) => Ok(0),
            count => Ok(count?),
        }
    }
}
