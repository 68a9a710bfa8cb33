// SPDX-License-Identifier: GPL-2.0

//! [`RunPage`]: `struct kvm_run`, in which `KVM_RUN` reports why it returned.
//!
//! Counterpart: `struct kvm_run` in [`include/uapi/linux/kvm.h`](srctree/include/uapi/linux/kvm.h).
//!
//! Userspace has mapped the page and may write to it at any time. So the kernel reads only the
//! fields that userspace sets, relies on no two reads being equal, and keeps no state in the page.

use core::mem::offset_of;
use kernel::{
    page::{
        Page,
        PAGE_SIZE, //
    },
    prelude::*, //
};

use crate::{
    abstractions::shared_page::SharedPage,
    uapi::kvm::*, //
};

/// The page that holds a `struct kvm_run`.
pub(crate) struct RunPage(pub(crate) SharedPage);

impl RunPage {
    pub(super) fn new() -> Result<Self> {
        Ok(RunPage(SharedPage::new()?))
    }

    /// Returns the page, for mapping it.
    pub(super) fn page(&self) -> &Page {
        self.0.page()
    }

    /// Returns whether userspace wants `KVM_RUN` to return before the guest runs.
    pub(super) fn immediate_exit(&self) -> bool {
        self.0.map().read::<u8>(offset_of!(KvmRun, immediate_exit)) != 0
    }

    /// Returns whether userspace wants `KVM_RUN` to return when an interrupt can be delivered.
    pub(super) fn request_interrupt_window(&self) -> bool {
        let at = offset_of!(KvmRun, request_interrupt_window);
        self.0.map().read::<u8>(at) != 0
    }

    /// Returns the CR8 that userspace has set.
    pub(super) fn cr8(&self) -> u64 {
        self.0.map().read(offset_of!(KvmRun, cr8))
    }

    /// Writes the fields that are set whenever `KVM_RUN` returns: `post_kvm_run_save()`.
    pub(super) fn save(&self, if_flag: bool, ready: bool, cr8: u64, apic_base: u64) {
        let (run, if_flag, ready) = (self.0.map(), u8::from(if_flag), u8::from(ready));
        run.write(offset_of!(KvmRun, flags), 0u16);
        run.write(offset_of!(KvmRun, if_flag), if_flag);
        run.write(offset_of!(KvmRun, ready_for_interrupt_injection), ready);
        run.write(offset_of!(KvmRun, cr8), cr8);
        run.write(offset_of!(KvmRun, apic_base), apic_base);
    }

    /// Sets the exit reason. Some exits need no other field.
    pub(crate) fn exit_reason(&self, reason: u32) {
        self.0.map().write(offset_of!(KvmRun, exit_reason), reason);
    }

    // ANCHOR: exit-io
    /// Reports a port access: `count` values of `size` bytes each, in the page of port I/O.
    pub(super) fn exit_io(&self, direction: u8, port: u16, size: usize, count: u32) {
        let run = self.0.map();
        run.write(offset_of!(KvmRun, exit_reason), KVM_EXIT_IO);
        let io = KvmRunIo {
            direction,
            size: size as u8,
            port,
            count,
            data_offset: (KVM_PIO_PAGE_OFFSET * PAGE_SIZE) as u64,
        };
        run.write(offset_of!(KvmRun, exit), io);
    }
    // ANCHOR_END: exit-io
}
