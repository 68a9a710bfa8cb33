// SPDX-License-Identifier: GPL-2.0

//! Exits to userspace that only the SVM engine makes.
//!
//! Counterparts: `svm_handle_exit()` in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c);
//! `kvm_prepare_event_vectoring_exit()` and `kvm_prepare_unexpected_reason_exit()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use core::mem::offset_of;

use crate::{
    uapi::kvm::*,
    vcpu::run_page::RunPage, //
};

impl RunPage {
    /// Exits because `vmrun` has rejected the guest's state.
    pub(super) fn exit_fail_entry(&self, reason: u64, cpu: u32) {
        self.exit_reason(KVM_EXIT_FAIL_ENTRY);
        let fail_entry = KvmRunFailEntry {
            hardware_entry_failure_reason: reason,
            cpu,
            padding: 0,
        };
        self.0.map().write(offset_of!(KvmRun, exit), fail_entry);
    }

    /// Exits because the stack or the vector table of an event is in no memory slot.
    pub(super) fn exit_event_vectoring(&self, data: [u64; 5]) {
        self.exit_internal_error(KVM_INTERNAL_ERROR_DELIVERY_EV, &data);
    }

    /// Exits because the guest has exited for an unexpected reason.
    pub(super) fn exit_unexpected_reason(&self, reason: u64, cpu: u32) {
        let data = [reason, cpu.into()];
        self.exit_internal_error(KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON, &data);
    }

    fn exit_internal_error(&self, suberror: u32, data: &[u64]) {
        self.exit_reason(KVM_EXIT_INTERNAL_ERROR);
        let mut internal = KvmRunInternal {
            suberror,
            ndata: data.len() as u32,
            data: [0; 16],
        };
        let places = internal.data.iter_mut();
        places.zip(data).for_each(|(to, from)| *to = *from);
        self.0.map().write(offset_of!(KvmRun, exit), internal);
    }
}
