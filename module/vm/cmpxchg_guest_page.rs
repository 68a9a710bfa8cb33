// SPDX-License-Identifier: GPL-2.0

//! Compare-and-exchange in the guest's memory, for atomic instructions.
//!
//! Counterpart: `emulator_cmpxchg_emulated()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::{
    last_used_slot::LastUsedSlots,
    Vm, //
};
use crate::abstractions::{
    page_fault::Wait,
    try_cmpxchg_user::try_cmpxchg_user, //
};

impl Vm {
    /// Writes `new` if memory still holds `old`. Returns whether it did, and `None` for MMIO.
    ///
    /// # Errors
    ///
    /// Those of [`write_guest_page`](Vm::write_guest_page).
    #[cold]
    pub(crate) fn cmpxchg_guest_page(
        &self,
        slots: &mut LastUsedSlots,
        gpa: u64,
        old: &[u8],
        new: &[u8],
        wait: Wait,
    ) -> Result<Option<bool>> {
        let hva = slots.data.gpa_to_hva(self, gpa);
        let Some(hva) = hva.filter(|_| slots.data.is_writable()) else {
            return Ok(None);
        };
        let exchanged = try_cmpxchg_user(hva, old, new, wait)?;
        self.mark_page_dirty(slots, gpa);
        Ok(Some(exchanged))
    }
}
