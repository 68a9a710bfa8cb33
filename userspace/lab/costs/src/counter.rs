// SPDX-License-Identifier: MIT OR Apache-2.0

//! The counter is the CPU's time stamp counter: `cargo lab bench` boots a guest in which it advances by
//! one with each instruction.
//!
//! Between two reads of the counter is what is counted, and [`OWN`] instructions to set it up.

use std::arch::asm;

use nix::errno::Errno;
use nix::libc::{SYS_getppid, c_long};
use nix::sys::time::TimeValLike;
use nix::time::{ClockId, clock_gettime};

/// The first `rdtsc`, three `mov`s before what is counted and one after it.
const OWN: u32 = 5;

/// What something returned, and how many instructions it took.
pub type Counted<T> = (T, u32);

/// Makes a system call. Its instructions are `syscall`, and those in the kernel.
///
/// # Safety
///
/// The call must not touch memory of this program that something else relies on.
#[inline(never)]
pub unsafe fn system_call(number: c_long, arguments: [u64; 6]) -> Counted<nix::Result<u64>> {
    let [a, b, c, d, e, f] = arguments;
    let (mut result, count): (i64, u32);
    result = number;
    // ANCHOR: system-call
    // SAFETY: The registers are as the ABI of system calls has them.
    // What the call does is the caller's responsibility.
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

/// Makes a system call, and counts only what this thread executes: not how long it waits, nor what others do
/// meanwhile. The kernel's clock of a thread reads the same counter.
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
    // SAFETY: As the caller has promised.
    let (result, _) = unsafe { system_call(number, arguments) };
    let count = (clock()? - begin).num_nanoseconds() as u32;
    Ok((result, count))
}

/// What [`system_call_of_thread`] counts of the clock itself.
pub fn of_clock() -> nix::Result<u32> {
    // SAFETY: It has no arguments.
    let ((_, by_clock), (_, count)) = unsafe {
        (
            system_call_of_thread(SYS_getppid, [0; 6])?,
            system_call(SYS_getppid, [0; 6]),
        )
    };
    Ok(by_clock.saturating_sub(count))
}

/// Reads a byte. Where its page is not mapped yet, the instructions are those of the page fault as well.
///
/// # Safety
///
/// A byte must be there to be read.
#[inline(never)]
pub unsafe fn load(address: u64) -> Counted<u8> {
    let (byte, count): (u32, u32);
    // SAFETY: Only reads the byte, which the caller answers for.
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
