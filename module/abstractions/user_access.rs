// SPDX-License-Identifier: GPL-2.0

//! Access to memory of the current process, while its other threads use it.
//!
//! An access of 1, 2, 4 or 8 bytes is a single instruction, like the guest's own: if it is aligned,
//! another thread sees all of it or none.
//!
//! Counterparts: `get_user()` and `put_user()` in
//! [`arch/x86/include/asm/uaccess.h`](srctree/arch/x86/include/asm/uaccess.h). They are macros, and
//! call the same functions as this file.

use core::arch::asm;
use kernel::prelude::*;

use super::page_fault::{
    self,
    Wait, //
};

/// Calls `__get_user_N`: takes the address in RAX, returns the value in RDX and an errno in RAX.
macro_rules! get_user {
    ($function:literal, $type:ty, $address:expr, $data:expr) => {{
        let (error, value): (usize, u64);
        // SAFETY: The function checks the address, and handles the fault if nothing is mapped
        // there. It changes no other registers.
        unsafe {
            asm!(concat!("call ", $function), inout("rax") $address => error, out("rdx") value)
        };
        if let Some(data) = $data.first_chunk_mut() {
            *data = <$type>::to_le_bytes(value as $type);
        }
        error
    }};
}

/// Calls `__put_user_N`: takes the value in RAX and the address in RCX, returns an errno in RCX.
macro_rules! put_user {
    ($function:literal, $address:expr, $data:expr) => {{
        let error: usize;
        // SAFETY: As in `get_user`. RBX, which LLVM reserves, is saved.
        unsafe {
            asm!(
                "mov {rbx}, rbx",
                concat!("call ", $function),
                "mov rbx, {rbx}",
                rbx = out(reg) _,
                inout("rcx") $address => error,
                in("rax") value_of($data),
            )
        };
        error
    }};
}

/// Reads memory of the current process.
///
/// # Errors
///
/// `EFAULT` if nothing is mapped there, and the errors of [`page_fault::access`].
#[inline(always)]
pub(crate) fn read(address: usize, data: &mut [u8], wait: Wait) -> Result {
    page_fault::access(address, false, wait, || get(address, data))
}

/// Writes memory of the current process.
///
/// # Errors
///
/// As [`read`], and `EFAULT` if nothing writable is mapped there.
#[inline(always)]
pub(crate) fn write(address: usize, data: &[u8], wait: Wait) -> Result {
    page_fault::access(address, true, wait, || put(address, data))
}

#[inline(always)]
fn get(address: usize, data: &mut [u8]) -> Result {
    let error = match data.len() {
        1 => get_user!("__get_user_1", u8, address, data),
        2 => get_user!("__get_user_2", u16, address, data),
        4 => get_user!("__get_user_4", u32, address, data),
        8 => get_user!("__get_user_8", u64, address, data),
        _ => return get_bytes(address, data),
    };
    if error != 0 {
        return Err(EFAULT);
    }
    Ok(())
}

#[inline(always)]
fn put(address: usize, data: &[u8]) -> Result {
    let error = match data.len() {
        1 => put_user!("__put_user_1", address, data),
        2 => put_user!("__put_user_2", address, data),
        4 => put_user!("__put_user_4", address, data),
        8 => put_user!("__put_user_8", address, data),
        _ => return put_bytes(address, data),
    };
    if error != 0 {
        return Err(EFAULT);
    }
    Ok(())
}

#[cold]
fn get_bytes(address: usize, data: &mut [u8]) -> Result {
    let mut bytes = data.chunks_mut(1).zip(address..);
    bytes.try_for_each(|(byte, address)| get(address, byte))
}

#[cold]
fn put_bytes(address: usize, data: &[u8]) -> Result {
    let mut bytes = data.chunks(1).zip(address..);
    bytes.try_for_each(|(byte, address)| put(address, byte))
}

/// Returns up to eight bytes as a number, the lowest byte first.
pub(crate) fn value_of(data: &[u8]) -> u64 {
    data.iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}
