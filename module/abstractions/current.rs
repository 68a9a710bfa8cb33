// SPDX-License-Identifier: GPL-2.0

//! [`current`]: reads the current task in one instruction.
//!
//! C header: [`arch/x86/include/asm/current.h`](srctree/arch/x86/include/asm/current.h), whose
//! `get_current()` is inline. The kernel crate calls a C function instead.

#[cfg(CONFIG_SMP)]
use core::arch::asm;
#[cfg(not(CONFIG_SCHEDSTATS))]
use core::mem::offset_of;
use kernel::bindings;

// Without `CONFIG_SCHEDSTATS`, `stats` is empty, but C aligns it to a cache line; bindgen does not.
// The offsets of the fields behind it are right only if the next field is aligned like that anyway.
#[cfg(not(CONFIG_SCHEDSTATS))]
const _: () = {
    let next_field = if cfg!(CONFIG_PREEMPT_NOTIFIERS) { 8 } else { 4 };
    let next = offset_of!(bindings::task_struct, stats).next_multiple_of(next_field);
    assert!(next % bindings::SMP_CACHE_BYTES as usize == 0);
};

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
