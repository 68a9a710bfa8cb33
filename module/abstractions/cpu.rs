// SPDX-License-Identifier: GPL-2.0

//! How many CPUs are online, and the time-stamp counter of this one.
//!
//! C headers: [`include/linux/cpumask.h`](srctree/include/linux/cpumask.h),
//! [`arch/x86/include/asm/tsc.h`](srctree/arch/x86/include/asm/tsc.h).

use core::{
    arch::x86_64::_rdtsc,
    ptr, //
};
use kernel::bindings;

/// Returns the number of CPUs that are online now. It may change at any time.
pub(crate) fn num_online_cpus() -> i32 {
    // SAFETY: The counter lives as long as the kernel. Volatile, since other CPUs may write it.
    unsafe { ptr::read_volatile(&raw const bindings::__num_online_cpus.counter) }
}

/// Reads the time-stamp counter.
pub(crate) fn rdtsc() -> u64 {
    // SAFETY: Every x86-64 CPU has the instruction, and the kernel may always use it.
    unsafe { _rdtsc() }
}

/// Returns the frequency of the host's time-stamp counter, in kHz.
pub(crate) fn tsc_khz() -> u32 {
    // SAFETY: It is set while the kernel boots, and exported.
    unsafe { bindings::tsc_khz }
}
