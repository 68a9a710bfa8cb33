// SPDX-License-Identifier: MIT OR Apache-2.0

//! Numbers and places as programs have them: mostly such as work, and often such as nearly do.

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize};

use crate::layout::{PAGE, RAM, RAM_PAGES, argument, read_only, vcpu_page};

/// How many descriptors of a kind the table has.
pub const EACH: usize = 3;

/// How many threads a program can have.
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
    /// Mostly a descriptor of this kind.
    pub fn mostly(kind: fn(usize) -> Fd, u: &mut Unstructured) -> Result<Fd> {
        match u.ratio(1, 24)? {
            true => u.arbitrary(),
            false => Ok(kind(index(u)?)),
        }
    }

    /// Its place in a table of all.
    pub fn place(self) -> usize {
        match self {
            Fd::Device(index) => index,
            Fd::Vm(index) => EACH + index,
            Fd::Vcpu(index) => 2 * EACH + index,
            Fd::Event(index) => 3 * EACH + index,
        }
    }
}

/// Mostly 0.
pub fn index(u: &mut Unstructured) -> Result<usize> {
    Ok(*u.choose(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2])?)
}

/// Where something new goes: mostly not over what is in use.
pub fn into(u: &mut Unstructured) -> Result<usize> {
    Ok(*u.choose(&[0, 1, 1, 1, 2, 2, 2])?)
}

/// Any number, or one at which something happens.
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

/// Mostly 0.
pub fn mostly_0(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 12)? {
        true => number(u),
        false => Ok(0),
    }
}

/// A 32-bit [`number`].
pub fn number_32(u: &mut Unstructured) -> Result<u32> {
    Ok(number(u)? as u32)
}

/// An address of the guest, or a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Amount {
    Pages(u64),
    Bytes(u64),
}

impl Amount {
    /// In bytes.
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

/// A place in the memory of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Place {
    Ram(u64),
    Vcpu(usize, u64),
    Address(u64),
}

impl Place {
    /// Its address.
    pub fn address(self) -> u64 {
        match self {
            Place::Ram(page) => RAM + page * PAGE,
            Place::Vcpu(index, page) => vcpu_page(index, page),
            Place::Address(address) => address,
        }
    }

    /// A page that may be mapped otherwise without harm to the program.
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

/// Where the structure of an ioctl is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pointer {
    /// Where all of it can be read and written.
    Good,
    /// Its last byte is on a page that cannot be touched.
    LastByteMissing,
    /// On a page that can be read, and not written.
    ReadOnly,
    /// In memory that others write, or that is not there.
    At(Place),
    /// In the kernel's half.
    Kernel,
    /// At an address that no CPU has.
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
    /// Whether it leads to the page of `kvm_run`.
    pub fn is_run_page(self) -> bool {
        matches!(self, Pointer::At(Place::Vcpu(_, 0)))
    }

    /// The address of a structure of `size` bytes.
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
