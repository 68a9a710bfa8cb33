// SPDX-License-Identifier: MIT OR Apache-2.0

//! The counter is the CPU's time stamp counter: `cargo lab bench` boots a guest in which it advances by
//! one with each instruction.
//!
//! The counted code is between two reads of the counter, with [`OWN`] instructions around it.

use std::arch::asm;

use nix::errno::Errno;
use nix::libc::{SYS_getppid, c_long};
use nix::sys::time::TimeValLike;
use nix::time::{ClockId, clock_gettime};

/// The first `rdtsc`, three `mov`s before the counted code and one after it.
const OWN: u32 = 5;

/// A return value, and the number of instructions that it took.
pub type Counted<T> = (T, u32);

/// Makes a system call. Counts `syscall` and the instructions in the kernel.
///
/// # Safety
///
/// The call must not change memory of this program that other code relies on.
#[inline(never)]
pub unsafe fn system_call(number: c_long, arguments: [u64; 6]) -> Counted<nix::Result<u64>> {
    let [a, b, c, d, e, f] = arguments;
    let (mut result, count): (i64, u32);
    result = number;
    // ANCHOR: system-call
    // SAFETY: The registers are those of the system call ABI.
    // The effects of the call are the caller's responsibility.
    unsafe {
        asm!(
            "rdtsc",
            "mov r12d, eax",
            "mov rax, r13",
            "mov rdx, r14",
            "syscall",
            "mov r13, rax",
            "rdtsc",
            "sub eax, r12d",
            inout("r13") result,
            in("rdi") a,
            in("rsi") b,
            in("r14") c,
            in("r10") d,
            in("r8") e,
            in("r9") f,
            out("eax") count,
            out("rdx") _,
            out("r12") _,
            out("rcx") _,
            out("r11") _,
        );
    }
    // ANCHOR_END: system-call
    let result = match u64::try_from(result) {
        Ok(result) => Ok(result),
        Err(_) => Err(Errno::from_raw(-result as i32)),
    };
    (result, count - OWN)
}

/// Makes a system call, and counts only this thread's instructions: not while it waits, nor those of other
/// threads meanwhile. The kernel's clock of a thread reads the same counter.
///
/// # Safety
///
/// As for [`system_call`].
pub unsafe fn system_call_of_thread(
    number: c_long,
    arguments: [u64; 6],
) -> nix::Result<Counted<nix::Result<u64>>> {
    let clock = || clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
    let begin = clock()?;
    // SAFETY: By the contract of this function.
    let (result, _) = unsafe { system_call(number, arguments) };
    let count = (clock()? - begin).num_nanoseconds() as u32;
    Ok((result, count))
}

/// Returns how much [`system_call_of_thread`] counts for the clock itself.
pub fn of_clock() -> nix::Result<u32> {
    // SAFETY: `getppid` has no arguments.
    let ((_, by_clock), (_, count)) = unsafe {
        (
            system_call_of_thread(SYS_getppid, [0; 6])?,
            system_call(SYS_getppid, [0; 6]),
        )
    };
    Ok(by_clock.saturating_sub(count))
}

/// Reads a byte. If its page is not mapped yet, counts the page fault's instructions too.
///
/// # Safety
///
/// `address` must be valid for a read of one byte.
#[inline(never)]
pub unsafe fn load(address: u64) -> Counted<u8> {
    let (byte, count): (u32, u32);
    // SAFETY: By the contract of this function, the byte can be read; nothing else is accessed.
    unsafe {
        asm!(
            "rdtsc",
            "mov r12d, eax",
            "mov r13, r13",
            "mov r14, r14",
            "movzx r13d, byte ptr [r14]",
            "mov r12d, r12d",
            "rdtsc",
            "sub eax, r12d",
            out("r13") byte,
            in("r14") address,
            out("eax") count,
            out("edx") _,
            out("r12") _,
            options(nostack, readonly),
        );
    }
    (byte as u8, count - OWN)
}
