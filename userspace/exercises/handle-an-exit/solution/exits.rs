// SPDX-License-Identifier: GPL-2.0

//! The handlers of exits, by exit code.
//!
//! Counterparts: `handle_exit()` of `module/svm/exits.rs`; `svm_exit_handlers` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c). The numbers are in
//! [`arch/x86/include/uapi/asm/svm.h`](srctree/arch/x86/include/uapi/asm/svm.h).

use crate::svm::{
    Next,
    Vcpu, //
};

/// An interrupt, an NMI, an SMI or INIT: these are for the host.
const EXIT_INTR: u64 = 0x60;
const EXIT_INIT: u64 = 0x63;
const EXIT_CPUID: u64 = 0x72;

const RAX: usize = 0;
const RCX: usize = 1;
const RDX: usize = 2;
const RBX: usize = 3;

/// The leaf by which a guest identifies its hypervisor.
const SIGNATURE_LEAF: u32 = 0x4000_0000;
/// The signature, in EBX, ECX and EDX.
const SIGNATURE: [&[u8; 4]; 3] = [b"hibo", b"ma-l", b"earn"];

/// `cpuid` has two bytes.
const CPUID_LENGTH: u64 = 2;

impl Vcpu {
    /// Handles an exit, and returns whether to re-enter the guest or to exit to userspace.
    ///
    /// `self.regs` has the guest's registers, RAX first, then RCX, RDX and
    /// RBX. `self.rip` is the address of the instruction that caused the exit.
    pub(crate) fn handle_exit(&mut self, exit_code: u64) -> Next {
        match exit_code {
            // The host has already handled its interrupt.
            EXIT_INTR..=EXIT_INIT => Next::ReenterGuest,
            EXIT_CPUID => self.cpuid_interception(),
            _ => Next::ExitUserspace,
        }
    }

    /// Counterpart: `kvm_emulate_cpuid()`.
    fn cpuid_interception(&mut self) -> Next {
        // The instruction reads 32 bits, and clears the upper halves of the registers it writes.
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
