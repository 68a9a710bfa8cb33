// SPDX-License-Identifier: GPL-2.0

//! [`IoBus`]: guest writes that need no exit to userspace.
//!
//! Counterparts: `struct kvm_io_bus` in [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h)
//! and `kvm_io_bus_write()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::{
    prelude::*,
    rbtree::RBTree, //
};

use super::{
    coalesced_mmio::{
        self,
        Zone, //
    },
    ioeventfd::{
        self,
        IoEventFds, //
    },
    Vm, //
};

/// The bus of a write: `enum kvm_bus`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KvmBus {
    Mmio,
    Pio,
    /// The channels of an s390. KVM accepts them everywhere, but no x86 guest writes to them.
    VirtioCcwNotify,
}

/// The receivers of writes.
pub(crate) struct IoBus {
    pub(super) ioeventfds: IoEventFds,
    pub(super) coalesced_zones: KVec<Zone>,
}

impl IoBus {
    pub(super) fn new() -> Self {
        IoBus {
            ioeventfds: RBTree::new(),
            coalesced_zones: KVec::new(),
        }
    }
}

/// Signals the eventfd registered for this write, or adds the write to the ring. Returns whether
/// it did either.
pub(crate) fn kvm_io_bus_write(vm: &Vm, bus: KvmBus, address: u64, data: &[u8]) -> bool {
    let io_bus = &mut *vm.io_bus.lock();
    let (zones, ring) = (&io_bus.coalesced_zones, &vm.coalesced_mmio_ring);
    ioeventfd::write(&mut io_bus.ioeventfds, bus, address, data)
        || coalesced_mmio::write(zones, ring, bus, address, data)
}
