// SPDX-License-Identifier: GPL-2.0

//! `KVM_REGISTER_COALESCED_MMIO` and `KVM_UNREGISTER_COALESCED_MMIO`: addresses and ports where
//! writes do not end `KVM_RUN`: they go into a ring, which userspace reads later.
//!
//! Counterpart: [`virt/kvm/coalesced_mmio.c`](srctree/virt/kvm/coalesced_mmio.c).

use core::mem::offset_of;
use kernel::{
    prelude::*,
    sync::barrier::{
        smp_mb,
        Write, //
    }, //
};

use super::{
    io_bus::KvmBus,
    Vm, //
};
use crate::{
    abstractions::{
        lock_killable::lock_killable,
        shared_page::SharedPage, //
    },
    limits::NR_IOBUS_DEVS,
    uaccess::copy_from_user,
    uapi::kvm::*, //
};

/// A range of `size` addresses, or ports, from `addr` on.
pub(crate) struct Zone {
    bus: KvmBus,
    addr: u64,
    size: u64,
}

/// # Errors
///
/// `EINVAL` if `pio` is neither 0 nor 1; `ENOSPC` if the bus has 1000 zones; `EFAULT`; `ENOMEM`.
pub(super) fn register(vm: &Vm, arg: usize) -> Result<isize> {
    let zone = Zone::from_user(arg)?;
    let zones = &mut lock_killable(&vm.io_bus)?.coalesced_zones;
    let same_bus = zones.iter().filter(|it| it.bus == zone.bus);
    if same_bus.count() >= NR_IOBUS_DEVS {
        return Err(ENOSPC);
    }
    zones.push(zone, GFP_KERNEL_ACCOUNT)?;
    Ok(0)
}

/// Removes all zones that contain the given one. It is no error if there are none.
///
/// # Errors
///
/// `EINVAL` if `pio` is neither 0 nor 1; `EFAULT`.
pub(super) fn unregister(vm: &Vm, arg: usize) -> Result<isize> {
    let zone = Zone::from_user(arg)?;
    let zones = &mut lock_killable(&vm.io_bus)?.coalesced_zones;
    zones.retain(|it| !it.contains(zone.bus, zone.addr, zone.size));
    Ok(0)
}

impl Zone {
    fn from_user(arg: usize) -> Result<Self> {
        let zone: KvmCoalescedMmioZone = copy_from_user(arg)?;
        let bus = match zone.pio {
            0 => KvmBus::Mmio,
            1 => KvmBus::Pio,
            _ => return Err(EINVAL),
        };
        Ok(Zone {
            bus,
            addr: zone.addr,
            size: zone.size.into(),
        })
    }

    /// Returns whether the zone contains all of these addresses: `coalesced_mmio_in_range()`.
    fn contains(&self, bus: KvmBus, addr: u64, length: u64) -> bool {
        self.bus == bus
            && addr.checked_add(length).is_some()
            && addr >= self.addr
            && addr + length <= self.addr.wrapping_add(self.size)
    }
}

/// Adds a write to the ring if a zone contains it. Returns whether it did: a full ring takes no
/// more. The caller holds the lock of the bus.
pub(super) fn write(
    zones: &[Zone],
    ring: &SharedPage,
    bus: KvmBus,
    phys_addr: u64,
    bytes: &[u8],
) -> bool {
    let len = bytes.len();
    if !zones
        .iter()
        .any(|it| it.contains(bus, phys_addr, len as u64))
    {
        return false;
    }
    let ring = ring.map();
    let last: u32 = ring.read(offset_of!(KvmCoalescedMmioRing, last));
    let first: u32 = ring.read(offset_of!(KvmCoalescedMmioRing, first));
    // Userspace can write any value there. One entry stays free: full must differ from empty.
    let next = last.wrapping_add(1) % KVM_COALESCED_MMIO_MAX;
    if last >= KVM_COALESCED_MMIO_MAX || next == first {
        return false;
    }
    let mut data = [0; 8];
    data.iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    let entry = KvmCoalescedMmio {
        phys_addr,
        len: len as u32,
        pio: (bus == KvmBus::Pio).into(),
        data,
    };
    let at = size_of::<KvmCoalescedMmioRing>() + last as usize * size_of::<KvmCoalescedMmio>();
    ring.write(at, entry);
    // The entry must be visible to userspace before the new `last`.
    smp_mb(Write);
    ring.write(offset_of!(KvmCoalescedMmioRing, last), next);
    true
}
