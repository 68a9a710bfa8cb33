// SPDX-License-Identifier: GPL-2.0

//! [`Mode`]: how the bytes of an instruction are read.
//!
//! Counterpart: `init_emulate_ctxt()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use crate::{
    uapi::kvm::KvmSregs,
    vcpu::sregs::EFER_LMA, //
};

/// The default size of operands and addresses: `enum x86emul_mode`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Bits16,
    Bits32,
    /// Addresses have 64 bits, and operands 32.
    Bits64,
}

impl Mode {
    pub(super) fn of(sregs: &KvmSregs) -> Self {
        match (sregs.efer & EFER_LMA != 0 && sregs.cs.l != 0, sregs.cs.db) {
            (true, _) => Mode::Bits64,
            (_, 0) => Mode::Bits16,
            _ => Mode::Bits32,
        }
    }
}
