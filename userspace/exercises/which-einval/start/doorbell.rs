// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Doorbell`]: the VM signals it when the guest writes a queue's number.

use std::io::{ErrorKind, PipeReader, PipeWriter, Read, pipe};
use std::os::fd::AsRawFd;

use hiboma::kvm::{KVM_IOEVENTFD_FLAG_DATAMATCH, KVM_IOEVENTFD_FLAG_PIO, KVMIO};
use kvm_bindings::kvm_ioeventfd;
use kvm_ioctls::VmFd;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

nix::ioctl_write_ptr!(ioeventfd, KVMIO, 0x79, kvm_ioeventfd);

/// The port that the guest writes to.
const PORT: u64 = 0x10;

/// A doorbell that a VM signals and the program reads.
pub struct Doorbell {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Doorbell {
    /// Returns a doorbell that has not been rung; reading it does not block.
    pub fn new() -> anyhow::Result<Self> {
        let (reader, writer) = pipe()?;
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Doorbell { reader, writer })
    }

    /// Makes the VM ring it when the guest writes this number to the port.
    pub fn connect(&self, vm: &VmFd, queue: u64) -> anyhow::Result<()> {
        let args = kvm_ioeventfd {
            datamatch: queue,
            addr: PORT,
            // Matches a write of any length.
            len: 0,
            fd: self.writer.as_raw_fd(),
            flags: KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DATAMATCH,
            ..kvm_ioeventfd::default()
        };
        // SAFETY: The kernel only reads `args`, and keeps the open file, not the number.
        unsafe { ioeventfd(vm.as_raw_fd(), &args) }?;
        Ok(())
    }

    /// Returns how often it was rung.
    pub fn rung(&self) -> anyhow::Result<usize> {
        match (&self.reader).read(&mut [0; 256]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            count => Ok(count?),
        }
    }
}
