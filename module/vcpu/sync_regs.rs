// SPDX-License-Identifier: GPL-2.0

//! `KVM_CAP_SYNC_REGS`: `KVM_RUN` reads registers from `kvm_run`, and writes them to it.
//!
//! Counterparts: `sync_regs()` and `store_regs()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c);
//! `struct kvm_sync_regs` in
//! [`arch/x86/include/uapi/asm/kvm.h`](srctree/arch/x86/include/uapi/asm/kvm.h).

use core::mem::offset_of;
use kernel::prelude::*;

use super::{
    run_page::RunPage,
    State, //
};
use crate::uapi::kvm::*;

pub(crate) const KVM_SYNC_X86_VALID_FIELDS: u64 =
    KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;

// Offsets in `kvm_run`.
const REGS: usize = offset_of!(KvmRun, s);
const SREGS: usize = REGS + size_of::<KvmRegs>();
const EVENTS: usize = SREGS + size_of::<KvmSregs>();

impl RunPage {
    /// Returns whether userspace wants registers to be read from the page.
    pub(super) fn has_dirty_regs(&self) -> bool {
        self.has_regs(offset_of!(KvmRun, kvm_dirty_regs))
    }

    /// Returns whether userspace wants registers to be written to the page.
    pub(super) fn has_valid_regs(&self) -> bool {
        self.has_regs(offset_of!(KvmRun, kvm_valid_regs))
    }

    fn has_regs(&self, at: usize) -> bool {
        self.0.map().read::<u64>(at) != 0
    }
}

impl State {
    /// Reads the registers that userspace has marked dirty, and clears the mark of each.
    ///
    /// # Errors
    ///
    /// `EINVAL` if userspace requests other registers, or sets a value that no vCPU can have.
    #[cold]
    pub(super) fn sync_regs(&mut self, run: &RunPage) -> Result {
        let run = run.0.map();
        let valid: u64 = run.read(offset_of!(KvmRun, kvm_valid_regs));
        let mut dirty: u64 = run.read(offset_of!(KvmRun, kvm_dirty_regs));
        if (valid | dirty) & !KVM_SYNC_X86_VALID_FIELDS != 0 {
            return Err(EINVAL);
        }
        for field in [KVM_SYNC_X86_REGS, KVM_SYNC_X86_SREGS, KVM_SYNC_X86_EVENTS] {
            if dirty & field == 0 {
                continue;
            }
            match field {
                KVM_SYNC_X86_REGS => self.set_regs(&run.read(REGS)),
                KVM_SYNC_X86_SREGS => self.check_and_set_sregs(&run.read(SREGS))?,
                _ => self.set_vcpu_events(&run.read(EVENTS))?,
            }
            dirty &= !field;
            run.write(offset_of!(KvmRun, kvm_dirty_regs), dirty);
        }
        Ok(())
    }

    /// Writes the registers that userspace has requested.
    #[cold]
    pub(super) fn store_regs(&self, run: &RunPage) {
        let run = run.0.map();
        let valid: u64 = run.read(offset_of!(KvmRun, kvm_valid_regs));
        if valid & KVM_SYNC_X86_REGS != 0 {
            run.write(REGS, self.get_regs());
        }
        if valid & KVM_SYNC_X86_SREGS != 0 {
            run.write(SREGS, self.get_sregs());
        }
        if valid & KVM_SYNC_X86_EVENTS != 0 {
            run.write(EVENTS, self.get_vcpu_events());
        }
    }
}
