// SPDX-License-Identifier: GPL-2.0

//! Memory of the current process, as its other threads see it accessed.
//!
//! An aligned access of 1, 2, 4 or 8 bytes is a single one: another thread sees all of it or nothing.
//! [`UserSlice`] copies byte by byte, if the processor likes.
//!
//! Counterparts: `get_user()` and `put_user()` in
//! [`arch/x86/include/asm/uaccess.h`](srctree/arch/x86/include/asm/uaccess.h). They are macros, and
//! call the functions that are called here.

use core::arch::asm;
use kernel::{
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

use super::page_fault::{
    self,
    Wait, //
};

/// Calls `__get_user_N`: the address in RAX, the value in RDX, and an errno in RAX.
macro_rules! get_user {
    ($function:literal, $address:expr) => {{
        let (error, value): (usize, u64);
        // SAFETY: It checks the address, and handles the fault if nothing is mapped there. It changes
        // no other registers.
        unsafe {
            asm!(concat!("call ", $function), inout("rax") $address => error, out("rdx") value)
        };
        (error, value)
    }};
}

/// Calls `__put_user_N`: the value in RAX, the address in RCX, and an errno in RCX.
macro_rules! put_user {
    ($function:literal, $address:expr, $value:expr) => {{
        let error: usize;
        // SAFETY: As `get_user`. RBX, which LLVM keeps for itself, is saved.
        unsafe {
            asm!(
                "mov {rbx}, rbx",
                concat!("call ", $function),
                "mov rbx, {rbx}",
                rbx = out(reg) _,
                inout("rcx") $address => error,
                in("rax") $value,
            )
        };
        error
    }};
}

/// Reads memory of the current process.
///
/// # Errors
///
/// `EFAULT` where nothing is mapped, and those of [`page_fault::access`].
pub(crate) fn read(address: usize, data: &mut [u8], wait: Wait) -> Result {
    page_fault::access(address, false, wait, || get(address, data))
}

/// Writes memory of the current process.
///
/// # Errors
///
/// As [`read`], and `EFAULT` where nothing writable is mapped.
pub(crate) fn write(address: usize, data: &[u8], wait: Wait) -> Result {
    page_fault::access(address, true, wait, || put(address, data))
}

fn get(address: usize, data: &mut [u8]) -> Result {
    let (error, value) = match data.len() {
        1 => get_user!("__get_user_1", address),
        2 if address % 2 == 0 => get_user!("__get_user_2", address),
        4 if address % 4 == 0 => get_user!("__get_user_4", address),
        8 if address % 8 == 0 => get_user!("__get_user_8", address),
        length => {
            let memory = UserSlice::new(UserPtr::from_addr(address), length);
            return memory.reader().read_slice(data);
        }
    };
    if error != 0 {
        return Err(EFAULT);
    }
    let bytes = value.to_le_bytes();
    data.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    Ok(())
}

fn put(address: usize, data: &[u8]) -> Result {
    let value = value_of(data);
    let error = match data.len() {
        1 => put_user!("__put_user_1", address, value),
        2 if address % 2 == 0 => put_user!("__put_user_2", address, value),
        4 if address % 4 == 0 => put_user!("__put_user_4", address, value),
        8 if address % 8 == 0 => put_user!("__put_user_8", address, value),
        length => {
            let memory = UserSlice::new(UserPtr::from_addr(address), length);
            return memory.writer().write_slice(data);
        }
    };
    if error != 0 {
        return Err(EFAULT);
    }
    Ok(())
}

/// Up to eight bytes as a number.
pub(crate) fn value_of(data: &[u8]) -> u64 {
    data.iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}
