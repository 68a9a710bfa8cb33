// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers and places as in programs: mostly valid, and often almost valid.

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize};

use crate::layout::{PAGE, RAM, RAM_PAGES, argument, read_only, vcpu_page};

/// The number of descriptors of each kind in the table.
pub const EACH: usize = 3;

/// The maximum number of threads of a program.
pub const THREADS: usize = 4;

/// An entry of the table of descriptors.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Fd {
    Device(#[arbitrary(with = index)] usize),
    Vm(#[arbitrary(with = index)] usize),
    Vcpu(#[arbitrary(with = index)] usize),
    Event(#[arbitrary(with = index)] usize),
}

impl Fd {
    /// Returns mostly a descriptor of this kind.
    pub fn mostly(kind: fn(usize) -> Fd, u: &mut Unstructured) -> Result<Fd> {
        match u.ratio(1, 24)? {
            true => u.arbitrary(),
            false => Ok(kind(index(u)?)),
        }
    }

    /// Returns its index in a table of all kinds.
    pub fn place(self) -> usize {
        match self {
            Fd::Device(index) => index,
            Fd::Vm(index) => EACH + index,
            Fd::Vcpu(index) => 2 * EACH + index,
            Fd::Event(index) => 3 * EACH + index,
        }
    }
}

/// Returns mostly 0.
pub fn index(u: &mut Unstructured) -> Result<usize> {
    Ok(*u.choose(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2])?)
}

/// Returns the entry for a new descriptor: mostly one that is not in use.
pub fn into(u: &mut Unstructured) -> Result<usize> {
    Ok(*u.choose(&[0, 1, 1, 1, 2, 2, 2])?)
}

/// Returns any number, or an edge case.
pub fn number(u: &mut Unstructured) -> Result<u64> {
    const EDGES: [u64; 13] = [
        0,
        1,
        2,
        3,
        0xff,
        PAGE - 1,
        PAGE,
        0xffff,
        i32::MAX as u64,
        1 << 31,
        u32::MAX as u64,
        i64::MAX as u64,
        u64::MAX,
    ];
    match u.int_in_range(0..=7)? {
        0..=3 => Ok(*u.choose(&EDGES)?),
        4 => Ok(1 << u.int_in_range(0..=63)?),
        5 => u.int_in_range(0..=0xffff),
        _ => u.arbitrary(),
    }
}

/// Returns mostly 0.
pub fn mostly_0(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 12)? {
        true => number(u),
        false => Ok(0),
    }
}

/// Returns a 32-bit [`number`].
pub fn number_32(u: &mut Unstructured) -> Result<u32> {
    Ok(number(u)? as u32)
}

/// A guest address, or a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Amount {
    Pages(u64),
    Bytes(u64),
}

impl Amount {
    /// Returns it in bytes.
    pub fn bytes(self) -> u64 {
        match self {
            Amount::Pages(pages) => pages * PAGE,
            Amount::Bytes(bytes) => bytes,
        }
    }
}

impl<'a> Arbitrary<'a> for Amount {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.ratio(1, 16)? {
            true => Amount::Bytes(number(u)?),
            false => Amount::Pages(u.int_in_range(0..=RAM_PAGES)?),
        })
    }
}

/// A place in the program's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Place {
    Ram(u64),
    Vcpu(usize, u64),
    Address(u64),
}

impl Place {
    /// Returns its address.
    pub fn address(self) -> u64 {
        match self {
            Place::Ram(page) => RAM + page * PAGE,
            Place::Vcpu(index, page) => vcpu_page(index, page),
            Place::Address(address) => address,
        }
    }

    /// Returns a page that may be remapped without harm to the program.
    pub fn page(u: &mut Unstructured) -> Result<Place> {
        Ok(match u.ratio(1, 2)? {
            true => Place::Ram(u.int_in_range(0..=RAM_PAGES - 1)?),
            false => Place::Vcpu(index(u)?, u.int_in_range(0..=4)?),
        })
    }
}

impl<'a> Arbitrary<'a> for Place {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=11)? {
            0 => Place::Address(number(u)?),
            1 => Place::Vcpu(index(u)?, u.int_in_range(0..=3)?),
            _ => Place::Ram(u.int_in_range(0..=RAM_PAGES - 1)?),
        })
    }
}

/// The address of an ioctl's structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pointer {
    /// Readable and writable memory.
    Good,
    /// The last byte of the structure is on an inaccessible page.
    LastByteMissing,
    /// On a read-only page.
    ReadOnly,
    /// In memory that others write, or that may not be mapped.
    At(Place),
    /// A kernel-space address.
    Kernel,
    /// A non-canonical address.
    NotCanonical,
}

impl<'a> Arbitrary<'a> for Pointer {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=39)? {
            0 => Pointer::LastByteMissing,
            1 => Pointer::ReadOnly,
            2 => Pointer::At(u.arbitrary()?),
            3 => Pointer::Kernel,
            4 => Pointer::NotCanonical,
            _ => Pointer::Good,
        })
    }
}

impl Pointer {
    /// Returns whether it points to the page of `kvm_run`.
    pub fn is_run_page(self) -> bool {
        matches!(self, Pointer::At(Place::Vcpu(_, 0)))
    }

    /// Returns the address of a structure of `size` bytes.
    pub fn address(self, thread: usize, size: usize) -> u64 {
        match self {
            Pointer::Good => argument(thread),
            Pointer::LastByteMissing => read_only(thread) - PAGE - size as u64 + 1,
            Pointer::ReadOnly => read_only(thread),
            Pointer::At(place) => place.address(),
            Pointer::Kernel => 0xffff_8880_0000_0000,
            Pointer::NotCanonical => 1 << 62,
        }
    }
}
