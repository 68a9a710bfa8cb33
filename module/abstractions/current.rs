// SPDX-License-Identifier: GPL-2.0

//! [`current`]: the task that runs, in one instruction.
//!
//! C header: [`arch/x86/include/asm/current.h`](srctree/arch/x86/include/asm/current.h), whose
//! `get_current()` is inline. The kernel crate calls a function for it.

#[cfg(CONFIG_SMP)]
use core::arch::asm;
use kernel::bindings;

/// The current task.
#[inline(always)]
#[cfg(CONFIG_SMP)]
pub(crate) fn current() -> *mut bindings::task_struct {
    let task;
    // SAFETY: Each CPU has a `const_current_task`, to which GS leads. Whoever reads it twice finds the
    // same: while another task runs, this one does not.
    unsafe {
        asm!(
            "mov {task}, gs:[rip + const_current_task]",
            task = out(reg) task,
            options(pure, nomem, nostack, preserves_flags),
        )
    };
    task
}

/// The current task.
#[cfg(not(CONFIG_SMP))]
pub(crate) fn current() -> *mut bindings::task_struct {
    // SAFETY: There always is one.
    unsafe { bindings::get_current() }
}
