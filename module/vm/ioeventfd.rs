// SPDX-License-Identifier: GPL-2.0

//! `KVM_IOEVENTFD`: a write to a port or an address that signals an eventfd, and nothing else.
//!
//! Counterparts: `kvm_ioeventfd()` in [`virt/kvm/eventfd.c`](srctree/virt/kvm/eventfd.c),
//! `kvm_io_bus_write()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::prelude::*;

use super::Vm;
use crate::{
    abstractions::{
        eventfd::EventFd,
        lock_killable::lock_killable, //
    },
    uaccess::copy_from_user,
    uapi::kvm::*, //
};

/// The fifth flag is internal to KVM, which accepts it all the same.
const VALID_FLAGS: u32 = (1 << 5) - 1;

/// Where a write goes: `enum kvm_bus`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KvmBus {
    Mmio,
    Pio,
    /// The channels of an s390, which KVM takes anywhere and no x86 writes to.
    VirtioCcwNotify,
}

/// The writes that signal: `length` bytes, or any number if 0, at `address`; if they are `data`.
#[derive(PartialEq, Eq)]
pub(crate) struct IoEventFd {
    bus: KvmBus,
    address: u64,
    length: u32,
    data: Option<u64>,
    eventfd: EventFd,
}

/// # Errors
///
/// `EINVAL` for a length that no write has, addresses that wrap around, unknown flags, and an `fd`
/// that is no eventfd; `EBADF`; `EEXIST` where a write would signal two; `ENOENT` where there is
/// none to remove; `EFAULT`, `ENOMEM`.
pub(super) fn ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    let args: KvmIoeventfd = copy_from_user(arg)?;
    if args.flags & KVM_IOEVENTFD_FLAG_DEASSIGN != 0 {
        deassign(vm, &args)?;
    } else {
        assign(vm, &args)?;
    }
    Ok(0)
}

fn assign(vm: &Vm, args: &KvmIoeventfd) -> Result {
    if !matches!(args.len, 0 | 1 | 2 | 4 | 8)
        || args.addr.checked_add(args.len.into()).is_none()
        || args.flags & !VALID_FLAGS != 0
        || (args.len == 0 && args.flags & KVM_IOEVENTFD_FLAG_DATAMATCH != 0)
    {
        return Err(EINVAL);
    }
    let new = IoEventFd::new(args)?;

    let mut all = lock_killable(&vm.ioeventfds)?;
    if all.iter().any(|it| it.collides(&new)) {
        return Err(EEXIST);
    }
    Ok(all.push(new, GFP_KERNEL_ACCOUNT)?)
}

fn deassign(vm: &Vm, args: &KvmIoeventfd) -> Result {
    let old = IoEventFd::new(args)?;
    let mut all = lock_killable(&vm.ioeventfds)?;
    let index = all.iter().position(|it| *it == old).ok_or(ENOENT)?;
    all.remove(index)?;
    Ok(())
}

impl IoEventFd {
    fn new(args: &KvmIoeventfd) -> Result<Self> {
        let bus = if args.flags & KVM_IOEVENTFD_FLAG_PIO != 0 {
            KvmBus::Pio
        } else if args.flags & KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY != 0 {
            KvmBus::VirtioCcwNotify
        } else {
            KvmBus::Mmio
        };
        Ok(IoEventFd {
            bus,
            address: args.addr,
            length: args.len,
            data: (args.flags & KVM_IOEVENTFD_FLAG_DATAMATCH != 0).then_some(args.datamatch),
            eventfd: EventFd::fdget(args.fd)?,
        })
    }

    /// Whether some write would signal both.
    fn collides(&self, other: &Self) -> bool {
        let wildcard = self.data.is_none() || other.data.is_none();
        self.bus == other.bus
            && self.address == other.address
            && (self.length == 0
                || other.length == 0
                || self.length == other.length && (wildcard || self.data == other.data))
    }

    fn matches(&self, bus: KvmBus, address: u64, data: &[u8]) -> bool {
        self.bus == bus
            && self.address == address
            && (self.length == 0
                || self.length as usize == data.len()
                    && self.data.is_none_or(|wanted| wanted == value_of(data)))
    }
}

/// Up to eight bytes as a number.
fn value_of(data: &[u8]) -> u64 {
    data.iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Signals the eventfd that waits for this write. Returns whether there is one.
pub(crate) fn kvm_io_bus_write(vm: &Vm, bus: KvmBus, address: u64, data: &[u8]) -> bool {
    let all = vm.ioeventfds.lock();
    let found = all.iter().find(|it| it.matches(bus, address, data));
    if let Some(ioeventfd) = found {
        ioeventfd.eventfd.signal();
    }
    found.is_some()
}
