// SPDX-License-Identifier: MIT OR Apache-2.0

//! Mappings of the guest's memory and of vCPUs.

use arbitrary::{Arbitrary, Unstructured};
use nix::libc;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::layout::PAGE;
use crate::outcome::Outcome;
use crate::value::{Fd, Place};
use crate::world::Thread;

/// A system call on the program's memory.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[allow(missing_docs, reason = "the names are those of the system calls")]
pub enum Memory {
    /// Maps a descriptor, replacing what is at that place.
    Mmap {
        #[arbitrary(with = |u: &mut Unstructured| Fd::mostly(Fd::Vcpu, u))]
        fd: Fd,
        #[arbitrary(with = Place::page)]
        at: Place,
        #[arbitrary(with = pages)]
        pages: u64,
        #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&[0, 0, 0, 0, 1, 2, 3, 4])?))]
        offset: u64,
        #[arbitrary(with = protection)]
        protection: i32,
        #[arbitrary(with = |u: &mut Unstructured| u.ratio(7, 8))]
        shared: bool,
    },
    /// Maps a vCPU's pages at their usual place.
    MmapVcpu(#[arbitrary(with = crate::value::index)] usize),
    /// Maps new memory.
    MmapAnonymous {
        #[arbitrary(with = Place::page)]
        at: Place,
        #[arbitrary(with = pages)]
        pages: u64,
    },
    Munmap {
        #[arbitrary(with = Place::page)]
        at: Place,
        #[arbitrary(with = pages)]
        pages: u64,
    },
    Mprotect {
        #[arbitrary(with = Place::page)]
        at: Place,
        #[arbitrary(with = pages)]
        pages: u64,
        #[arbitrary(with = protection)]
        protection: i32,
    },
    Mremap {
        #[arbitrary(with = Place::page)]
        from: Place,
        #[arbitrary(with = pages)]
        pages: u64,
        #[arbitrary(with = Place::page)]
        to: Place,
        #[arbitrary(with = pages)]
        new_pages: u64,
    },
    Madvise {
        #[arbitrary(with = Place::page)]
        at: Place,
        #[arbitrary(with = pages)]
        pages: u64,
        #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&ADVICE)?))]
        advice: i32,
    },
    /// Reads a word.
    Peek(Place),
    /// Writes a word.
    Poke(#[arbitrary(with = Place::page)] Place, u8),
}

const ADVICE: [i32; 7] = [
    libc::MADV_DONTNEED,
    libc::MADV_POPULATE_READ,
    libc::MADV_POPULATE_WRITE,
    libc::MADV_DONTFORK,
    libc::MADV_DOFORK,
    libc::MADV_WIPEONFORK,
    libc::MADV_REMOVE,
];

fn pages(u: &mut Unstructured) -> arbitrary::Result<u64> {
    Ok(*u.choose(&[0, 1, 1, 1, 2, 3, 3, 4])?)
}

fn protection(u: &mut Unstructured) -> arbitrary::Result<i32> {
    const BOTH: i32 = libc::PROT_READ | libc::PROT_WRITE;
    Ok(*u.choose(&[
        BOTH,
        BOTH,
        libc::PROT_READ,
        libc::PROT_NONE,
        BOTH | libc::PROT_EXEC,
    ])?)
}

impl Memory {
    /// Executes the system call.
    pub fn execute(&self, thread: &Thread) -> Outcome {
        const BOTH: i32 = libc::PROT_READ | libc::PROT_WRITE;
        let start = |place: Place| place.address() as *mut libc::c_void;
        let bytes = |pages: u64| (pages * PAGE) as usize;
        // SAFETY: Only places of the guest's memory and
        // of vCPUs change, to which no references exist.
        let result = unsafe {
            match *self {
                Memory::Mmap {
                    fd,
                    at,
                    pages,
                    offset,
                    protection,
                    shared,
                } => {
                    let flags = if shared {
                        libc::MAP_SHARED
                    } else {
                        libc::MAP_PRIVATE
                    };
                    let fd = thread.world.get(fd);
                    map(start(at), bytes(pages), protection, flags, fd, offset)
                }
                Memory::MmapVcpu(index) => {
                    let at = start(Place::Vcpu(index, 0));
                    let fd = thread.world.get(Fd::Vcpu(index));
                    map(at, bytes(3), BOTH, libc::MAP_SHARED, fd, 0)
                }
                Memory::MmapAnonymous { at, pages } => {
                    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                    map(start(at), bytes(pages), BOTH, flags, -1, 0)
                }
                Memory::Munmap { at, pages } => libc::munmap(start(at), bytes(pages)).into(),
                Memory::Mprotect {
                    at,
                    pages,
                    protection,
                } => libc::mprotect(start(at), bytes(pages), protection).into(),
                Memory::Mremap {
                    from,
                    pages,
                    to,
                    new_pages,
                } => {
                    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
                    let (old, new) = (bytes(pages), bytes(new_pages));
                    libc::mremap(start(from), old, new, flags, start(to)).addr() as i64
                }
                Memory::Madvise { at, pages, advice } => {
                    libc::madvise(start(at), bytes(pages), advice).into()
                }
                Memory::Peek(place) => return peek(thread, place),
                Memory::Poke(place, byte) => {
                    let poked = thread.poke(place.address(), &[byte; 8]);
                    return Outcome {
                        result: poked.map_or_else(|errno| -i64::from(errno as i32), |()| 0),
                        ..Outcome::default()
                    };
                }
            }
        };
        Outcome::of(result)
    }
}

fn peek(thread: &Thread, place: Place) -> Outcome {
    let mut word = [0; 8];
    match thread.peek(place.address(), &mut word) {
        Ok(()) => Outcome::default().with(&word),
        Err(errno) => Outcome {
            result: -i64::from(errno as i32),
            ..Outcome::default()
        },
    }
}

/// # Safety
///
/// No references to the memory at this place may exist.
unsafe fn map(
    at: *mut libc::c_void,
    size: usize,
    protection: i32,
    flags: i32,
    fd: i32,
    offset: u64,
) -> i64 {
    let offset = (offset * PAGE) as i64;
    // SAFETY: The caller guarantees that no references exist.
    unsafe { libc::mmap(at, size, protection, flags | libc::MAP_FIXED, fd, offset) }.addr() as i64
}
