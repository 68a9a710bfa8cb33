// SPDX-License-Identifier: GPL-2.0

//! [`current`]: reads the current task in one instruction.
//!
//! C header: [`arch/x86/include/asm/current.h`](srctree/arch/x86/include/asm/current.h), whose
//! `get_current()` is inline. The kernel crate calls a C function instead.

#[cfg(CONFIG_SMP)]
use core::arch::asm;
use kernel::bindings;

/// Returns the current task.
#[inline(always)]
#[cfg(CONFIG_SMP)]
pub(crate) fn current() -> *mut bindings::task_struct {
    let task;
    // SAFETY: `const_current_task` is a per-CPU variable, addressed through GS. A task reads the
    // same value every time: while another task is current, this one does not run.
    unsafe {
        asm!(
            "mov {task}, gs:[rip + const_current_task]",
            task = out(reg) task,
            options(pure, nomem, nostack, preserves_flags),
        )
    };
    task
}

/// Returns the current task.
#[cfg(not(CONFIG_SMP))]
pub(crate) fn current() -> *mut bindings::task_struct {
    // SAFETY: There is always a current task.
    unsafe { bindings::get_current() }
}
