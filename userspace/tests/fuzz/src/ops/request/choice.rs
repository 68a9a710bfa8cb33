// SPDX-License-Identifier: MIT OR Apache-2.0

//! Arguments worth trying: mostly valid ones, and their neighbours.

use arbitrary::{Result, Unstructured};
use nix::libc;

use crate::value::{number, number_32};

pub(super) fn capability(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 8)? {
        true => number(u),
        false => u.int_in_range(0..=250),
    }
}

pub(super) fn nent(u: &mut Unstructured) -> Result<u32> {
    match u.ratio(1, 8)? {
        true => number_32(u),
        false => Ok(*u.choose(&[0, 1, 2, 3, 100, 255, 256, 257])?),
    }
}

pub(super) fn id(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 8)? {
        true => number(u),
        false => Ok(*u.choose(&[0, 0, 1, 2, 3, 1023, 1024, 4095, 4096])?),
    }
}

pub(super) fn slot(u: &mut Unstructured) -> Result<u32> {
    match u.int_in_range(0..=15)? {
        0 => number_32(u),
        1 => Ok(*u.choose(&[32763, 32764, 0xffff, 0x1_0000])?),
        _ => u.int_in_range(0..=3),
    }
}

pub(super) fn flags(u: &mut Unstructured) -> Result<u32> {
    match u.int_in_range(0..=15)? {
        0 => number_32(u),
        1..=4 => u.int_in_range(0..=7),
        _ => u.int_in_range(0..=1),
    }
}

pub(super) fn event_address(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 8)? {
        true => number(u),
        false => Ok(*u.choose(&[0x10, 0x20, 0x7e, 0xf000, 0xf002, 0x4000])?),
    }
}

pub(super) fn length(u: &mut Unstructured) -> Result<u32> {
    match u.ratio(1, 16)? {
        true => number_32(u),
        false => Ok(*u.choose(&[0, 1, 2, 3, 4, 8])?),
    }
}

pub(super) fn of_any_file(u: &mut Unstructured) -> Result<u32> {
    const NUMBERS: [u64; 7] = [
        libc::FIOCLEX,
        libc::FIONCLEX,
        libc::FIONBIO,
        libc::FIOASYNC,
        libc::FIONREAD,
        libc::TCGETS,
        // FIGETBSZ
        2,
    ];
    Ok(*u.choose(&NUMBERS)? as u32)
}
