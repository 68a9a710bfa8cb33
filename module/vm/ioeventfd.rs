// SPDX-License-Identifier: GPL-2.0

//! `KVM_IOEVENTFD`: a write to a port or an address signals an eventfd, without an exit.
//!
//! Counterparts: `kvm_ioeventfd()` and `ioeventfd_write()` in
//! [`virt/kvm/eventfd.c`](srctree/virt/kvm/eventfd.c).

use kernel::{
    prelude::*,
    rbtree::RBTree, //
};

use super::{
    io_bus::KvmBus,
    Vm, //
};
use crate::{
    abstractions::{
        eventfd::EventFd,
        lock_killable::lock_killable,
        user_access::value_of, //
    },
    uaccess::copy_from_user,
    uapi::kvm::*, //
};

/// The fifth flag is internal to KVM, but KVM accepts it from userspace.
const VALID_FLAGS: u32 = (1 << 5) - 1;

/// The writes that signal: `length` bytes (0: any number) at `address`, equal to `data` if set.
///
/// In this order, the entries of one address are neighbours in a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Writes {
    bus: KvmBus,
    address: u64,
    length: u32,
    data: Option<u64>,
}

/// All ioeventfds of a VM.
pub(crate) type IoEventFds = RBTree<Writes, EventFd>;

/// # Errors
///
/// `EINVAL` if no write has this length, the addresses wrap around, a flag is unknown, or `fd` is
/// not an eventfd; `EBADF` if `fd` is not open; `EEXIST` if one write would signal two eventfds;
/// `ENOENT` if there is none to remove; `EFAULT`; `ENOMEM`.
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
    let (new, eventfd) = (Writes::new(args), EventFd::fdget(args.fd)?);

    let all = &mut lock_killable(&vm.io_bus)?.ioeventfds;
    if any_at(all, new.bus, new.address, |it, _| it.collides(&new)) {
        return Err(EEXIST);
    }
    all.try_create_and_insert(new, eventfd, GFP_KERNEL_ACCOUNT)?;
    Ok(())
}

fn deassign(vm: &Vm, args: &KvmIoeventfd) -> Result {
    let (old, eventfd) = (Writes::new(args), EventFd::fdget(args.fd)?);
    let all = &mut lock_killable(&vm.io_bus)?.ioeventfds;
    if all.get(&old) != Some(&eventfd) {
        return Err(ENOENT);
    }
    all.remove(&old);
    Ok(())
}

impl Writes {
    fn new(args: &KvmIoeventfd) -> Self {
        let bus = if args.flags & KVM_IOEVENTFD_FLAG_PIO != 0 {
            KvmBus::Pio
        } else if args.flags & KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY != 0 {
            KvmBus::VirtioCcwNotify
        } else {
            KvmBus::Mmio
        };
        Writes {
            bus,
            address: args.addr,
            length: args.len,
            data: (args.flags & KVM_IOEVENTFD_FLAG_DATAMATCH != 0).then_some(args.datamatch),
        }
    }

    /// Returns whether one write at this address could match both.
    fn collides(&self, other: &Self) -> bool {
        let wildcard = self.data.is_none() || other.data.is_none();
        self.length == 0
            || other.length == 0
            || self.length == other.length && (wildcard || self.data == other.data)
    }

    fn contain(&self, data: &[u8]) -> bool {
        self.length == 0
            || self.length as usize == data.len()
                && self.data.is_none_or(|wanted| wanted == value_of(data))
    }
}

/// Calls `ask` for each entry of an address until one returns true. Returns whether one did.
fn any_at(
    all: &mut IoEventFds,
    bus: KvmBus,
    address: u64,
    mut ask: impl FnMut(&Writes, &EventFd) -> bool,
) -> bool {
    let first = Writes {
        bus,
        address,
        length: 0,
        data: None,
    };
    let mut cursor = all.cursor_lower_bound_mut(&first);
    while let Some(it) = cursor {
        let (writes, eventfd) = it.current();
        if (writes.bus, writes.address) != (bus, address) {
            return false;
        }
        if ask(writes, eventfd) {
            return true;
        }
        cursor = it.move_next();
    }
    false
}

/// Signals the eventfd registered for this write. Returns whether there is one.
pub(super) fn write(all: &mut IoEventFds, bus: KvmBus, address: u64, data: &[u8]) -> bool {
    any_at(all, bus, address, |writes, eventfd| {
        let found = writes.contain(data);
        if found {
            eventfd.signal();
        }
        found
    })
}
