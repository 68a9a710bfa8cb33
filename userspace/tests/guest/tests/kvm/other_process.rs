// SPDX-License-Identifier: MIT OR Apache-2.0

//! A VM belongs to the process that created it: ioctls from another process return `EIO`.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use guest_tests::kvm::{
    BadPointer, Exit, Machine, Memory, PAGE, as_fd, ask, call, create, on_all, pass_bad,
};
use guest_tests::{code, in_child, raw};
use hiboma::kvm::*;
use kvm_bindings::kvm_regs;
use nix::errno::Errno;
use nix::sys::mman::MapFlags;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
    sendmsg, socketpair,
};

/// KVM checks this first: before the number, the argument, and the memory behind it.
#[test]
fn after_fork_every_ioctl_is_eio() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let (vm, vcpu) = (as_fd(&machine.vm), as_fd(&machine.vcpu));
        in_child(|| {
            let eio = Err(Errno::EIO);
            for number in [
                KVM_CREATE_VCPU,
                KVM_CHECK_EXTENSION,
                KVM_SET_TSS_ADDR,
                0xae7f,
                0x7777,
            ] {
                assert_eq!(call(vm, number, 0), eio, "{number:#x}");
            }
            for number in [
                KVM_SET_USER_MEMORY_REGION,
                KVM_GET_DIRTY_LOG,
                KVM_IOEVENTFD,
                KVM_SET_IDENTITY_MAP_ADDR,
            ] {
                assert_eq!(pass_bad(vm, number, BadPointer::Null), eio, "{number:#x}");
            }
            for (number, argument) in [(KVM_RUN, 0), (KVM_RUN, 1), (0xae7f, 0), (0x7777, 0)] {
                assert_eq!(call(vcpu, number, argument), eio, "{number:#x}");
            }
            for number in [
                KVM_GET_REGS,
                KVM_SET_REGS,
                KVM_GET_SREGS,
                KVM_SET_SREGS,
                KVM_GET_MP_STATE,
                KVM_SET_MP_STATE,
                KVM_SET_CPUID2,
                KVM_GET_CPUID2,
            ] {
                assert_eq!(pass_bad(vcpu, number, BadPointer::Null), eio, "{number:#x}");
            }
        });
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// Only VMs and vCPUs check for their creator: the device and the mapping work in a child.
#[test]
fn after_fork_the_rest_is_the_childs_too() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let file = device.file();
        machine.mapping.write(0x800, &[5]);
        in_child(|| {
            assert_eq!(call(&file, KVM_GET_API_VERSION, 0), Ok(12));
            let vm = create(&file, KVM_CREATE_VM, 0).unwrap();
            assert!(create(&vm, KVM_CREATE_VCPU, 0).is_ok());

            assert_eq!(machine.mapping.byte(0x800), 5);
            let own = Memory::of(as_fd(&machine.vcpu), PAGE, MapFlags::MAP_SHARED);
            own.write(0x801, &[6]);
            // The VFS handles this ioctl, whichever process calls it.
            assert!(raw::block_size(as_fd(&machine.vcpu)).is_ok());
        });
        assert_eq!(machine.mapping.byte(0x801), 6);
    });
}

/// A VM belongs to the process that called `KVM_CREATE_VM`, not to the one that receives it.
#[test]
fn a_machine_made_by_a_child_is_the_childs() {
    on_all(|device| {
        let (ours, theirs) = sockets();
        in_child(|| {
            let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
            send(&theirs, vm.as_fd());
        });
        let vm = receive(&ours);
        assert_eq!(call(&vm, KVM_CHECK_EXTENSION, 3), Err(Errno::EIO));
    });
}

#[test]
fn a_descriptor_that_was_sent_is_of_no_use() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let (ours, theirs) = sockets();
        send(&ours, as_fd(&machine.vcpu));
        in_child(|| {
            let vcpu = receive(&theirs);
            assert_eq!(ask::<kvm_regs>(&vcpu, KVM_GET_REGS).err(), Some(Errno::EIO));
            assert_eq!(call(&vcpu, KVM_RUN, 0), Err(Errno::EIO));
        });
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

fn sockets() -> (OwnedFd, OwnedFd) {
    let (family, kind) = (AddressFamily::Unix, SockType::Stream);
    socketpair(family, kind, None, SockFlag::SOCK_CLOEXEC).unwrap()
}

fn send(socket: impl AsFd, fd: impl AsFd) {
    let fds = [fd.as_fd().as_raw_fd()];
    let message = [ControlMessage::ScmRights(&fds)];
    let bytes = [IoSlice::new(&[0])];
    let socket = socket.as_fd().as_raw_fd();
    sendmsg::<()>(socket, &bytes, &message, MsgFlags::empty(), None).unwrap();
}

fn receive(socket: impl AsFd) -> OwnedFd {
    let mut space = nix::cmsg_space!([i32; 1]);
    let mut byte = [0];
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let socket = socket.as_fd().as_raw_fd();
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(socket, &mut bytes, Some(&mut space), flags).unwrap();
    match message.cmsgs().unwrap().next() {
        // SAFETY: The kernel has just installed this descriptor for us; nothing else owns it.
        Some(ControlMessageOwned::ScmRights(fds)) => unsafe { OwnedFd::from_raw_fd(fds[0]) },
        other => panic!("{other:?}"),
    }
}
