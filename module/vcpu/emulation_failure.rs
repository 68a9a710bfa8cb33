// SPDX-License-Identifier: GPL-2.0

//! `KVM_EXIT_INTERNAL_ERROR`: an instruction that hiboma cannot emulate.
//!
//! Counterpart: `prepare_emulation_failure_exit()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use core::mem::offset_of;

use super::run_page::RunPage;
use crate::uapi::kvm::*;

impl RunPage {
    /// Reports an instruction that cannot be emulated, with its bytes if they are known, and with
    /// the hardware's exit information if there is any.
    pub(super) fn exit_emulation_failure(&self, bytes: &[u8], info: Option<[u64; 5]>) {
        self.exit_reason(KVM_EXIT_INTERNAL_ERROR);
        let mut failure = KvmRunEmulationFailure {
            suberror: KVM_INTERNAL_ERROR_EMULATION,
            // In 64-bit words: one for the flags.
            ndata: 1,
            flags: 0,
            insn_size: bytes.len() as u8,
            // Unused bytes are `nop`.
            insn_bytes: [0x90; 15],
        };
        let places = failure.insn_bytes.iter_mut();
        places.zip(bytes).for_each(|(to, from)| *to = *from);
        if !bytes.is_empty() {
            // Two more words, for the size and the bytes.
            failure.ndata += 2;
            failure.flags = KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES;
        }
        let known = failure.ndata as usize;
        failure.ndata += info.map_or(0, |info| info.len() as u32);
        let run = self.0.map();
        run.write(offset_of!(KvmRun, exit), failure);
        if let Some(info) = info {
            let data = offset_of!(KvmRun, exit) + offset_of!(KvmRunInternal, data);
            run.write(data + known * size_of::<u64>(), info);
        }
    }
}
