// SPDX-License-Identifier: GPL-2.0

//! [`handle_work`]: the work that a long-running system call must do for the kernel.
//!
//! C header: [`include/linux/entry-virt.h`](srctree/include/linux/entry-virt.h).

use core::ptr;
use kernel::{
    bindings::{
        TIF_NEED_RESCHED,
        TIF_NEED_RESCHED_LAZY,
        TIF_NOTIFY_RESUME,
        TIF_NOTIFY_SIGNAL,
        TIF_SIGPENDING, //
    },
    error::to_result,
    prelude::*, //
};

use super::current::current;

// `bindings` does not include the header. The function is `EXPORT_SYMBOL_GPL`, and built wherever
// KVM is.
extern "C" {
    fn xfer_to_guest_mode_handle_work() -> c_int;
}

const RESCHED: c_ulong = 1 << TIF_NEED_RESCHED | 1 << TIF_NEED_RESCHED_LAZY;
const SIGNAL: c_ulong = 1 << TIF_SIGPENDING | 1 << TIF_NOTIFY_SIGNAL;

/// `XFER_TO_GUEST_MODE_WORK`: other flags, such as `TIF_NEED_FPU_LOAD`, can stay set for long.
const WORK: c_ulong = RESCHED | SIGNAL | 1 << TIF_NOTIFY_RESUME;

/// Returns whether [`handle_work`] has work: `xfer_to_guest_mode_work_pending()`, inline in C.
pub(crate) fn work_pending() -> bool {
    // SAFETY: The current task is alive. Volatile, since interrupts and other CPUs set flags.
    unsafe { ptr::read_volatile(&raw const (*current()).thread_info.flags) & WORK != 0 }
}

/// Does, before a guest entry, the work that the kernel does before every return to userspace:
/// schedules other tasks, and runs the pending work of this task.
///
/// # Errors
///
/// `EINTR` if a signal is pending.
pub(crate) fn handle_work() -> Result {
    // SAFETY: The caller is a task in a system call. It may sleep, and holds no spinlock.
    to_result(unsafe { xfer_to_guest_mode_handle_work() })
}
