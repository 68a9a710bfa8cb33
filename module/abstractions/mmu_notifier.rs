// SPDX-License-Identifier: GPL-2.0

//! [`MmuNotifier`]: a callback before the memory of a process changes.
//!
//! C header: [`include/linux/mmu_notifier.h`](srctree/include/linux/mmu_notifier.h). Counterpart:
//! `kvm_mmu_notifier_ops` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! A running vCPU holds no references to the pages in its page table. So before a page is freed,
//! the table must be out of use. A change increments a number, and interrupts all CPUs. The
//! interrupt makes a guest exit, and its vCPU checks the number before it enters again.

use kernel::{
    bindings,
    container_of,
    error::to_result,
    mm::Mm,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Atomic,
            Full,
            Relaxed, //
        }, //
    },
    types::Opaque, //
};

/// A notifier for the mm of a process.
#[pin_data(PinnedDrop)]
pub(crate) struct MmuNotifier {
    #[pin]
    subscription: Opaque<bindings::mmu_notifier>,
    mm: ARef<Mm>,
    /// The watched addresses: from `start` up to, but not including, `end`.
    start: Atomic<u64>,
    end: Atomic<u64>,
    /// The number of changes in progress, at any address.
    active: Atomic<u64>,
    /// Incremented by `invalidate()`, and when a change of watched memory begins or ends.
    sequence: Atomic<u64>,
    /// The number of CPUs in a guest.
    running: Atomic<u64>,
}

// SAFETY: The kernel's locks protect the subscription, and the counters are atomic.
unsafe impl Send for MmuNotifier {}
// SAFETY: As above.
unsafe impl Sync for MmuNotifier {}

impl MmuNotifier {
    /// Registers a notifier for an mm that the current process uses.
    ///
    /// # Errors
    ///
    /// `ENOMEM` if memory runs out; `EINTR` if a signal is pending.
    pub(crate) fn register(mm: ARef<Mm>) -> impl PinInit<Self, Error> {
        try_pin_init!(MmuNotifier {
            mm,
            start: Atomic::new(u64::MAX),
            end: Atomic::new(0),
            active: Atomic::new(0),
            sequence: Atomic::new(0),
            running: Atomic::new(0),
            subscription <- Opaque::try_ffi_init(|subscription: *mut bindings::mmu_notifier| {
                // SAFETY: `subscription` is ours, and is not freed before `drop` unregisters it.
                unsafe {
                    subscription.write(pin_init::zeroed());
                    (*subscription).ops = &OPS;
                    to_result(bindings::mmu_notifier_register(subscription, mm.as_raw()))
                }
            }),
        })
    }

    /// Extends the watched range to these addresses. The caller's lock excludes concurrent calls.
    pub(crate) fn watch(&self, start: u64, size: u64) {
        let end = start + size;
        self.start
            .store(self.start.load(Relaxed).min(start), Relaxed);
        self.end.store(self.end.load(Relaxed).max(end), Relaxed);
    }

    /// Returns the sequence number; [`begin`](Self::begin) tells whether it is still current.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.load(Acquire)
    }

    /// Counts this CPU as running a guest; interrupts must be off. Returns whether it may enter: no
    /// watched memory has changed since `sequence` was read, and no change is in progress.
    pub(super) fn begin(&self, sequence: u64) -> bool {
        // Count first: a change that follows the check below then finds and interrupts this CPU.
        self.running.fetch_add(1, Full);
        let may_enter = self.active.load(Acquire) == 0 && self.sequence.load(Acquire) == sequence;
        if !may_enter {
            self.end();
        }
        may_enter
    }

    /// Stops counting this CPU as running a guest.
    pub(super) fn end(&self) {
        self.running.fetch_sub(1, Full);
    }

    /// Makes the vCPUs' page tables out of date. When this returns, no vCPU runs with an old one.
    pub(crate) fn invalidate(&self) {
        self.sequence.fetch_add(1, Full);
        if self.running.load(Acquire) != 0 {
            // SAFETY: May be called wherever interrupts are enabled.
            unsafe { bindings::kick_all_cpus_sync() };
        }
    }

    /// # Safety
    ///
    /// `subscription` must be part of an `MmuNotifier`.
    unsafe fn of<'a>(subscription: *mut bindings::mmu_notifier) -> &'a Self {
        // SAFETY: `subscription` is part of an `MmuNotifier`, which unregisters it before it is freed.
        unsafe { &*container_of!(Opaque::cast_from(subscription), MmuNotifier, subscription) }
    }

    /// # Safety
    ///
    /// `range` must be valid.
    unsafe fn watches(&self, range: *const bindings::mmu_notifier_range) -> bool {
        // SAFETY: By the requirements of this function.
        let (start, end) = unsafe { ((*range).start as u64, (*range).end as u64) };
        start < self.end.load(Relaxed) && self.start.load(Relaxed) < end
    }
}

#[pinned_drop]
impl PinnedDrop for MmuNotifier {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: It was registered with this mm. No callback runs after the call returns.
        unsafe { bindings::mmu_notifier_unregister(self.subscription.get(), self.mm.as_raw()) };
    }
}

static OPS: bindings::mmu_notifier_ops = bindings::mmu_notifier_ops {
    invalidate_range_start: Some(invalidate_range_start),
    invalidate_range_end: Some(invalidate_range_end),
    ..pin_init::zeroed()
};

/// # Safety
///
/// Only the kernel calls it, with the subscription of an `MmuNotifier` and a valid range.
unsafe extern "C" fn invalidate_range_start(
    subscription: *mut bindings::mmu_notifier,
    range: *const bindings::mmu_notifier_range,
) -> c_int {
    // SAFETY: By the requirements of this function.
    let notifier = unsafe { MmuNotifier::of(subscription) };
    // Count first: if `watch()` adds these addresses after the check below, a vCPU that then faults
    // in an old page finds this change in progress, and does not enter.
    notifier.active.fetch_add(1, Full);
    // SAFETY: As above.
    if unsafe { notifier.watches(range) } {
        notifier.invalidate();
    }
    0
}

/// Increments the sequence number again: a lookup during the change may have found an old page.
///
/// # Safety
///
/// As [`invalidate_range_start`].
unsafe extern "C" fn invalidate_range_end(
    subscription: *mut bindings::mmu_notifier,
    range: *const bindings::mmu_notifier_range,
) {
    // SAFETY: By the requirements of this function.
    let notifier = unsafe { MmuNotifier::of(subscription) };
    // SAFETY: As above.
    if unsafe { notifier.watches(range) } {
        notifier.sequence.fetch_add(1, Full);
    }
    notifier.active.fetch_sub(1, Full);
}
