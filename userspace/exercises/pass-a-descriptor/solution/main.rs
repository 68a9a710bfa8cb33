// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sends a device and a VM to another process, and makes the same calls there.
//!
//! The input is how often the sender asks the VM for its count before it sends it. There is
//! nothing to do in this file.

mod message;

use std::fs;
use std::io::{Read, read_to_string, stdin};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd};
use std::os::unix::net::UnixStream;

use anyhow::{Context, ensure};
use hiboma::AnonFd;
use kvm_bindings::KVM_CAP_USER_MEMORY;
use kvm_ioctls::{Kvm, VmFd};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

fn main() -> anyhow::Result<()> {
    let (to_receiver, to_sender) = UnixStream::pair()?;
    // The device is not open yet, so this is not how the child gets it.
    // SAFETY: There is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(to_receiver);
            receiver(to_sender).context("in the receiver")
        }
        ForkResult::Parent { child } => {
            drop(to_sender);
            sender(to_receiver).context("in the sender")?;
            let status = waitpid(child, None)?;
            ensure!(
                status == WaitStatus::Exited(child, 0),
                "the receiver failed"
            );
            Ok(())
        }
    }
}

fn sender(socket: UnixStream) -> anyhow::Result<()> {
    let times: u32 = read_to_string(stdin())?.trim().parse()?;
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    for _ in 1..times {
        // KVM does not know this ioctl.
        let _ = count(&vm)?;
    }
    ask("sender", &vm)?;
    message::send(&socket, &[device.as_raw_fd(), vm.as_raw_fd()])?;
    drop((vm, device));
    println!("sender: both are closed");
    Ok(())
}

fn receiver(mut socket: UnixStream) -> anyhow::Result<()> {
    let [device, vm] = message::receive(&socket)?;
    // End of file: the sender has closed everything that it had.
    socket.read_to_end(&mut Vec::new())?;

    for fd in [&device, &vm] {
        let link = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd()))?;
        let flags = FdFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD)?);
        println!("receiver: {}, {flags:?}", link.display());
    }

    // SAFETY: This is the device, and nothing else owns the descriptor.
    let device = unsafe { Kvm::from_raw_fd(device.into_raw_fd()) };
    device.create_vm().context("a VM of its own")?;
    println!("receiver: KVM_CREATE_VM: made");
    // SAFETY: This is a VM of the device, and nothing else owns the descriptor.
    let vm = unsafe { device.create_vmfd_from_rawfd(vm.into_raw_fd()) }?;
    ask("receiver", &vm)
}

/// Calls an ioctl of KVM on a VM, and one that only hiboma implements.
fn ask(who: &str, vm: &VmFd) -> anyhow::Result<()> {
    let extension = Errno::result(vm.check_extension_raw(KVM_CAP_USER_MEMORY.into()));
    println!("{who}: KVM_CHECK_EXTENSION: {extension:?}");
    println!("{who}: HIBOMA_ANON_COUNT: {:?}", count(vm)?);
    Ok(())
}

/// Returns the count of these calls, if it is hiboma's VM.
fn count(vm: &VmFd) -> anyhow::Result<nix::Result<u32>> {
    // SAFETY: It is open for as long as `vm` is borrowed.
    let fd = unsafe { BorrowedFd::borrow_raw(vm.as_raw_fd()) };
    Ok(AnonFd::from(fd.try_clone_to_owned()?).count())
}
