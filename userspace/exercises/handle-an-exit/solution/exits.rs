// SPDX-License-Identifier: GPL-2.0

//! What follows an exit, by its reason.
//!
//! Counterparts: `handle_exit()` of `module/svm/exits.rs`; `svm_exit_handlers` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c). The numbers are in
//! [`arch/x86/include/uapi/asm/svm.h`](srctree/arch/x86/include/uapi/asm/svm.h).

use crate::svm::{
    Next,
    Vcpu, //
};

/// An interrupt of the host, an NMI, an SMI, INIT: the host's own business.
const EXIT_INTR: u64 = 0x60;
const EXIT_INIT: u64 = 0x63;
const EXIT_CPUID: u64 = 0x72;

const RAX: usize = 0;
const RCX: usize = 1;
const RDX: usize = 2;
const RBX: usize = 3;

/// The leaf by which a guest asks whose guest it is.
const SIGNATURE_LEAF: u32 = 0x4000_0000;
/// In EBX, ECX and EDX.
const SIGNATURE: [&[u8; 4]; 3] = [b"hibo", b"ma-l", b"earn"];

/// `cpuid` has two bytes.
const CPUID_LENGTH: u64 = 2;

impl Vcpu {
    /// The guest has exited: is it entered again, or must userspace know?
    ///
    /// `self.regs` has the guest's registers, RAX first, then RCX, RDX and RBX. `self.rip` is where
    /// the instruction is that has exited.
    pub(crate) fn handle_exit(&mut self, exit_code: u64) -> Next {
        match exit_code {
            // The host has had its interrupt already.
            EXIT_INTR..=EXIT_INIT => Next::ReenterGuest,
            EXIT_CPUID => self.cpuid_interception(),
            _ => Next::ExitUserspace,
        }
    }

    /// Counterpart: `kvm_emulate_cpuid()`.
    fn cpuid_interception(&mut self) -> Next {
        // The instruction reads 32 bits, and clears the upper half of what it writes.
        let answer = match self.regs[RAX] as u32 {
            SIGNATURE_LEAF => {
                let [ebx, ecx, edx] = SIGNATURE.map(|part| u32::from_le_bytes(*part));
                [SIGNATURE_LEAF, ebx, ecx, edx]
            }
            _ => [0; 4],
        };
        for (register, value) in [RAX, RBX, RCX, RDX].into_iter().zip(answer) {
            self.regs[register] = value.into();
        }
        self.rip += CPUID_LENGTH;
        Next::ReenterGuest
    }
}
