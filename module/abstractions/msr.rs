// SPDX-License-Identifier: GPL-2.0

//! The host CPU's MSRs and CR4, which decide whether and how it runs guests.
//!
//! C header: [`arch/x86/include/asm/msr.h`](srctree/arch/x86/include/asm/msr.h).

use core::arch::asm;
use kernel::prelude::*;

extern "C" {
    // Not in the bindings. `EXPORT_SYMBOL`.
    fn rdmsr_safe_regs(regs: &mut [u32; 8]) -> c_int;
}

pub(crate) const MSR_EFER: u32 = 0xc000_0080;
/// Enables the SVM instructions.
pub(crate) const EFER_SVME: u64 = 1 << 12;

/// Reads a model-specific register.
///
/// # Safety
///
/// The CPU must have the register.
pub(crate) unsafe fn rdmsr(register: u32) -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: By the requirements of this function.
    unsafe {
        asm!(
            "rdmsr",
            in("ecx") register,
            out("eax") low,
            out("edx") high,
            options(nomem, nostack, preserves_flags),
        )
    };
    u64::from(high) << 32 | u64::from(low)
}

/// Writes a model-specific register.
///
/// # Safety
///
/// The CPU must have the register, and the value must be safe for the kernel.
pub(crate) unsafe fn wrmsr(register: u32, value: u64) {
    // SAFETY: By the requirements of this function.
    unsafe {
        asm!(
            "wrmsr",
            in("ecx") register,
            in("eax") value as u32,
            in("edx") (value >> 32) as u32,
            options(nostack, preserves_flags),
        )
    };
}

/// Returns EFER, which every x86-64 CPU has.
pub(crate) fn efer() -> u64 {
    // SAFETY: Reading it changes nothing.
    unsafe { rdmsr(MSR_EFER) }
}

/// Reads a model-specific register, or returns `None` if the CPU lacks it: `rdmsr_safe()`.
pub(crate) fn rdmsr_safe(register: u32) -> Option<u64> {
    // EAX, ECX, EDX, EBX, ESP, EBP, ESI and EDI.
    let mut regs = [0, register, 0, 0, 0, 0, 0, 0];
    // SAFETY: The function changes only these registers, and catches the exception.
    let error = unsafe { rdmsr_safe_regs(&mut regs) };
    (error == 0).then(|| u64::from(regs[2]) << 32 | u64::from(regs[0]))
}

/// Passes to the host a machine check that ended a guest's run: `kvm_machine_check()`.
pub(crate) fn machine_check() {
    // SAFETY: The machine-check handler needs nothing but the interrupt.
    unsafe { asm!("int 18") };
}

/// Returns CR4.
pub(crate) fn cr4() -> u64 {
    let value;
    // SAFETY: The kernel may read CR4, and reading has no side effect.
    unsafe { asm!("mov {}, cr4", out(reg) value, options(nomem, nostack, preserves_flags)) };
    value
}
