// SPDX-License-Identifier: GPL-2.0

//! `KVM_EXIT_INTERNAL_ERROR`: an instruction that the interpreter does not have.
//!
//! Counterpart: `prepare_emulation_failure_exit()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use core::mem::offset_of;

use super::run_page::RunPage;
use crate::uapi::kvm::*;

impl RunPage {
    /// An instruction that cannot be executed, with its bytes if there are any.
    pub(super) fn exit_emulation_failure(&self, bytes: &[u8]) {
        self.exit_reason(KVM_EXIT_INTERNAL_ERROR);
        let mut failure = KvmRunEmulationFailure {
            suberror: KVM_INTERNAL_ERROR_EMULATION,
            // In words of 64 bits: the flags.
            ndata: 1,
            flags: 0,
            insn_size: bytes.len() as u8,
            // What is left of them stays `nop`.
            insn_bytes: [0x90; 15],
        };
        let places = failure.insn_bytes.iter_mut();
        places.zip(bytes).for_each(|(to, from)| *to = *from);
        if !bytes.is_empty() {
            // And two for the bytes.
            failure.ndata += 2;
            failure.flags = KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES;
        }
        self.0.map().write(offset_of!(KvmRun, exit), failure);
    }
}
