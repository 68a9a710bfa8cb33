// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_CLOCK` and `KVM_SET_CLOCK`: a clock that starts when the VM is created.
//!
//! Counterparts: `kvm_vm_ioctl_get_clock()` and `kvm_vm_ioctl_set_clock()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! On KVM a guest can read this clock from a page of its memory. hiboma offers no such page: here
//! only userspace reads it.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
    time::{
        BootTime,
        ClockSource,
        RealTime, //
    }, //
};

use super::Vm;
use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::{
        KvmClockData,
        KVM_CLOCK_HOST_TSC,
        KVM_CLOCK_REALTIME,
        KVM_CLOCK_TSC_STABLE, //
    }, //
};

/// The flags that `KVM_GET_CLOCK` may return in KVM, and that `KVM_SET_CLOCK` accepts.
pub(super) const KVM_CLOCK_VALID_FLAGS: u32 =
    KVM_CLOCK_TSC_STABLE | KVM_CLOCK_REALTIME | KVM_CLOCK_HOST_TSC;

/// The offset of the VM's clock from the host's boot time, in nanoseconds.
pub(crate) struct Clock(Atomic<i64>);

impl Clock {
    /// Creates a clock that starts at 0.
    pub(super) fn new() -> Self {
        Clock(Atomic::new(-BootTime::ktime_get()))
    }
}

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(vm: &Vm, arg: usize) -> Result<isize> {
    let clock = BootTime::ktime_get().wrapping_add(vm.clock.0.load(Relaxed));
    let data = KvmClockData {
        clock: clock as u64,
        ..KvmClockData::default()
    };
    copy_to_user(arg, &data)?;
    Ok(0)
}

/// With `KVM_CLOCK_REALTIME`, adds the time that has passed since `realtime`.
///
/// # Errors
///
/// `EINVAL` if a flag is unknown; `EFAULT`.
pub(super) fn set(vm: &Vm, arg: usize) -> Result<isize> {
    let data: KvmClockData = copy_from_user(arg)?;
    if data.flags & !KVM_CLOCK_VALID_FLAGS != 0 {
        return Err(EINVAL);
    }
    let mut clock = data.clock;
    if data.flags & KVM_CLOCK_REALTIME != 0 {
        let passed = (RealTime::ktime_get() as u64).saturating_sub(data.realtime);
        clock = clock.wrapping_add(passed);
    }
    let offset = (clock as i64).wrapping_sub(BootTime::ktime_get());
    vm.clock.0.store(offset, Relaxed);
    Ok(0)
}
