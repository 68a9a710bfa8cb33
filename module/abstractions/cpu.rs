// SPDX-License-Identifier: GPL-2.0

//! How many CPUs are online.
//!
//! C header: [`include/linux/cpumask.h`](srctree/include/linux/cpumask.h).

use core::ptr;
use kernel::bindings;

/// How many CPUs are online now. CPUs may come and go at any time.
pub(crate) fn num_online_cpus() -> i32 {
    // SAFETY: The counter lives as long as the kernel. Volatile, since other CPUs may write it.
    unsafe { ptr::read_volatile(&raw const bindings::__num_online_cpus.counter) }
}
