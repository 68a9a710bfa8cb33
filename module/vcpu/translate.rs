// SPDX-License-Identifier: GPL-2.0

//! `KVM_TRANSLATE`: the physical address of a linear address.
//!
//! Counterpart: `kvm_arch_vcpu_ioctl_translate()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::{
    State,
    Vcpu, //
};
use crate::{
    svm::guest_paging::{
        Access,
        Walker, //
    },
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmTranslation, //
};

/// The result if there is no physical address.
const INVALID_GPA: u64 = !0;

/// Walks the page tables as for a read by the guest's kernel. The access rights are not reported:
/// as in KVM, `writeable` is always 1.
///
/// # Errors
///
/// `EFAULT`.
pub(super) fn ioctl(vcpu: &Vcpu, state: &mut State, arg: usize) -> Result<isize> {
    let it: KvmTranslation = copy_from_user(arg)?;
    let physical_address = state.gva_to_gpa_system(vcpu, it.linear_address);
    let it = KvmTranslation {
        physical_address,
        valid: (physical_address != INVALID_GPA).into(),
        writeable: 1,
        usermode: 0,
        ..it
    };
    copy_to_user(arg, &it)?;
    Ok(0)
}

impl State {
    /// Returns [`INVALID_GPA`] if there is no translation, or if userspace has unmapped a table.
    fn gva_to_gpa_system(&mut self, vcpu: &Vcpu, linear: u64) -> u64 {
        let walker = Walker {
            vm: &vcpu.vm,
            sregs: &self.get_sregs(),
            user: false,
            physical_bits: self.io.cpuid.physical_bits(),
        };
        let slots = &mut self.io.slots;
        slots.refresh(&vcpu.vm);
        match walker.gva_to_gpa(slots, linear, Access::Read) {
            Ok(Ok(gpa)) => gpa,
            Ok(Err(_)) | Err(_) => INVALID_GPA,
        }
    }
}
