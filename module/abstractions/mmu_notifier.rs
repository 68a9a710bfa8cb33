// SPDX-License-Identifier: GPL-2.0

//! [`MmuNotifier`]: to be told when a process's memory changes, before it does.
//!
//! C header: [`include/linux/mmu_notifier.h`](srctree/include/linux/mmu_notifier.h). Counterpart:
//! `kvm_mmu_notifier_ops` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! A vCPU that runs has a table of pages to which it holds no references. So before a page is freed
//! the table must be gone. A change raises a number, and interrupts all CPUs. A CPU that is in a
//! guest leaves it for that, and does not enter again without a look at the number.

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

/// Watches the address space of a process.
#[pin_data(PinnedDrop)]
pub(crate) struct MmuNotifier {
    #[pin]
    subscription: Opaque<bindings::mmu_notifier>,
    mm: ARef<Mm>,
    /// Which addresses are watched: from the first to the one behind the last.
    start: Atomic<u64>,
    end: Atomic<u64>,
    /// How many changes are under way, of any addresses.
    active: Atomic<u64>,
    /// How often what is watched has changed, or has begun to.
    sequence: Atomic<u64>,
    /// How many CPUs are in a guest.
    running: Atomic<u64>,
}

// SAFETY: The kernel has locks for the subscription.
unsafe impl Send for MmuNotifier {}
// SAFETY: As above.
unsafe impl Sync for MmuNotifier {}

impl MmuNotifier {
    /// Watches an address space of which the current process is a user.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(crate) fn register(mm: ARef<Mm>) -> impl PinInit<Self, Error> {
        try_pin_init!(MmuNotifier {
            mm,
            start: Atomic::new(u64::MAX),
            end: Atomic::new(0),
            active: Atomic::new(0),
            sequence: Atomic::new(0),
            running: Atomic::new(0),
            subscription <- Opaque::try_ffi_init(|subscription: *mut bindings::mmu_notifier| {
                // SAFETY: The place is ours, and is not freed before `drop` has unregistered it.
                unsafe {
                    subscription.write(pin_init::zeroed());
                    (*subscription).ops = &OPS;
                    to_result(bindings::mmu_notifier_register(subscription, mm.as_raw()))
                }
            }),
        })
    }

    /// Watches these addresses as well. The caller holds a lock against itself.
    pub(crate) fn watch(&self, start: u64, size: u64) {
        let end = start + size;
        self.start
            .store(self.start.load(Relaxed).min(start), Relaxed);
        self.end.store(self.end.load(Relaxed).max(end), Relaxed);
    }

    /// What is known now is true while [`begin`](Self::begin) says so of this number.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.load(Acquire)
    }

    /// This CPU is about to enter a guest, with interrupts off. Returns whether it may: nothing that is
    /// watched has changed since, or is changing.
    pub(super) fn begin(&self, sequence: u64) -> bool {
        // Whoever raises the number after the look at it below sees that this CPU must be interrupted.
        self.running.fetch_add(1, Full);
        let may_enter = self.active.load(Acquire) == 0 && self.sequence.load(Acquire) == sequence;
        if !may_enter {
            self.end();
        }
        may_enter
    }

    /// The guest has exited.
    pub(super) fn end(&self) {
        self.running.fetch_sub(1, Full);
    }

    /// What vCPUs know is out of date. When this returns, none runs with it any more.
    pub(crate) fn invalidate(&self) {
        self.sequence.fetch_add(1, Full);
        if self.running.load(Acquire) != 0 {
            // SAFETY: May be called wherever interrupts are enabled.
            unsafe { bindings::kick_all_cpus_sync() };
        }
    }

    /// # Safety
    ///
    /// `subscription` is one of ours, and `range` is valid.
    unsafe fn changed<'a>(
        subscription: *mut bindings::mmu_notifier,
        range: *const bindings::mmu_notifier_range,
    ) -> (&'a Self, bool) {
        // SAFETY: By the caller's promise it is in there, and is not dropped before it is unregistered.
        let notifier =
            unsafe { &*container_of!(Opaque::cast_from(subscription), MmuNotifier, subscription) };
        // SAFETY: By the caller's promise.
        let (start, end) = unsafe { ((*range).start as u64, (*range).end as u64) };
        let watched = start < notifier.end.load(Relaxed) && notifier.start.load(Relaxed) < end;
        (notifier, watched)
    }
}

#[pinned_drop]
impl PinnedDrop for MmuNotifier {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: It was registered with this mm. The callbacks are over when the call returns.
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
/// The kernel calls it with a subscription of ours.
unsafe extern "C" fn invalidate_range_start(
    subscription: *mut bindings::mmu_notifier,
    range: *const bindings::mmu_notifier_range,
) -> c_int {
    // SAFETY: By the caller's promise.
    let (notifier, watched) = unsafe { MmuNotifier::changed(subscription, range) };
    notifier.active.fetch_add(1, Full);
    if watched {
        notifier.invalidate();
    }
    0
}

/// What was looked up while the change was under way may be from before it.
///
/// # Safety
///
/// As [`invalidate_range_start`].
unsafe extern "C" fn invalidate_range_end(
    subscription: *mut bindings::mmu_notifier,
    range: *const bindings::mmu_notifier_range,
) {
    // SAFETY: By the caller's promise.
    let (notifier, watched) = unsafe { MmuNotifier::changed(subscription, range) };
    if watched {
        notifier.sequence.fetch_add(1, Full);
    }
    notifier.active.fetch_sub(1, Full);
}
