// SPDX-License-Identifier: MIT OR Apache-2.0

//! An ioctl on any descriptor.

use arbitrary::{Arbitrary, Result, Unstructured};
use nix::libc;
use serde::{Deserialize, Serialize};

use super::request::{Argument, Request};
use crate::layout::{FILLER, argument};
use crate::outcome::Outcome;
use crate::value::{Fd, Pointer};
use crate::world::Thread;

/// The number of bytes written by an ioctl that are compared.
const SEEN: usize = 320;

/// `ioctl(2)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Ioctl {
    pub fd: Fd,
    pub request: Request,
    pub pointer: Pointer,
}

impl<'a> Arbitrary<'a> for Ioctl {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let request: Request = u.arbitrary()?;
        Ok(Ioctl {
            fd: Fd::mostly(request.layer(), u)?,
            request,
            pointer: u.arbitrary()?,
        })
    }
}

impl Ioctl {
    /// Executes the ioctl.
    pub fn execute(&self, thread: &Thread) -> Outcome {
        let fd = thread.world.get(self.fd);
        let (number, argument) = self.request.call(thread, fd);
        let (address, size) = match &argument {
            Argument::Value(value) => (*value, 0),
            Argument::Structure(bytes) => (self.place(thread, bytes), bytes.len()),
        };
        let outcome = ioctl(fd, number, address);
        if let Some(into) = self.request.makes() {
            thread.world.put(into, outcome.result);
        }
        if let (true, Some(bitmap), 0) = (thread.compared, self.request.bitmap(), outcome.result) {
            return outcome.with(&take_bitmap(thread, bitmap.address()));
        }
        let mut written = [0; SEEN];
        let written = &mut written[..size.min(SEEN)];
        let looked_at = thread.compared && outcome.result >= 0;
        match looked_at && thread.peek(address, written).is_ok() {
            true => outcome.with(written),
            false => outcome,
        }
    }

    /// Writes a structure at the pointer's address, if that is in the thread's own memory.
    fn place(&self, thread: &Thread, bytes: &[u8]) -> u64 {
        let address = self.pointer.address(thread.number, bytes.len());
        let room = match self.pointer {
            Pointer::Good => bytes.len(),
            Pointer::LastByteMissing => bytes.len().saturating_sub(1),
            _ => 0,
        };
        debug_assert!(room == 0 || address >= argument(thread.number));
        // SAFETY: The thread's arguments are mapped, and no reference to them exists.
        unsafe { (address as *mut u8).copy_from(bytes.as_ptr(), room) };
        address
    }
}

/// Returns the first word of a dirty bitmap and overwrites it, so that later reads are the same.
fn take_bitmap(thread: &Thread, at: u64) -> [u8; 8] {
    let mut word = [0; 8];
    let _ = thread.peek(at, &mut word);
    let _ = thread.poke(at, &[FILLER; 8]);
    word
}

/// Calls `ioctl(2)` with any argument.
pub fn ioctl(fd: i32, number: u32, argument: u64) -> Outcome {
    // SAFETY: If the argument is an address, it points to memory
    // for such calls: the program holds no reference to it.
    Outcome::of(unsafe { libc::ioctl(fd, number.into(), argument) }.into())
}
