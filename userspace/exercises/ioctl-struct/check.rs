// SPDX-License-Identifier: MIT OR Apache-2.0

use std::num::NonZero;
use std::os::fd::AsRawFd;

use guest_tests::raw;
use nix::errno::Errno;
use nix::request_code_readwrite;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};

use crate::answer::expect;
use crate::module::{EXERCISE_IO, Exercise};

nix::ioctl_readwrite!(exercise_add, EXERCISE_IO, 0x02, Add);

const NUMBER: u64 = request_code_readwrite!(EXERCISE_IO, 0x02, size_of::<Add>());
const WRAP: u32 = 1 << 0;

/// The structure in the task's table, in C's layout.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Add {
    left: u64,
    right: u64,
    sum: u64,
    flags: u32,
    padding: u32,
}

impl Add {
    fn new(left: u64, right: u64, flags: u32) -> Self {
        Add {
            left,
            right,
            // Shows whether the device writes.
            sum: 0x5eed,
            flags,
            padding: 0,
        }
    }

    /// Calls the device's ioctl.
    fn ask(&mut self) -> nix::Result<i32> {
        let device = Exercise::load().open();
        // SAFETY: The device gets a whole structure of the size in the number.
        unsafe { exercise_add(device.as_raw_fd(), self) }
    }

    /// Expects an error that leaves the structure unchanged.
    fn refused(mut self, error: Errno, look: &str) {
        let before = self;
        let asked = format!("EXERCISE_ADD with {self:#x?}");
        expect(&asked, self.ask(), Err(error), look);
        assert!(
            self == before,
            "{asked} is refused, but it has left {self:#x?}: what is refused changes nothing."
        );
    }
}

/// The sum is written back into the structure.
#[test]
fn the_sum_comes_back() {
    for (left, right) in [(2, 3), (0, 0), (u64::MAX, 0), (1 << 40, 1 << 41)] {
        let mut add = Add::new(left, right, 0);
        expect(
            &format!("EXERCISE_ADD ({NUMBER:#x}) of {left:#x} and {right:#x}"),
            add.ask(),
            Ok(0),
            "EINVAL is what the last arm of the `match` says: the size is part of the number.",
        );
        let wanted = Add {
            sum: left + right,
            ..Add::new(left, right, 0)
        };
        assert!(
            add == wanted,
            "EXERCISE_ADD has left {add:#x?}, which is to be {wanted:#x?}.\n\
             The structure in the kernel is a copy: it has to be copied back."
        );
    }
}

/// It fails with EOVERFLOW if the sum does not fit.
#[test]
fn a_sum_that_is_too_large_is_eoverflow() {
    for (left, right) in [(u64::MAX, 1), (1 << 63, 1 << 63)] {
        let look = "`checked_add` says whether a sum fits.";
        Add::new(left, right, 0).refused(Errno::EOVERFLOW, look);
    }
}

/// With the flag it begins again at 0.
#[test]
fn with_the_flag_it_begins_again_at_0() {
    let mut add = Add::new(u64::MAX, 3, WRAP);
    expect(
        "EXERCISE_ADD with ADD_WRAP",
        add.ask(),
        Ok(0),
        "With this flag, no sum is too large.",
    );
    let sum = add.sum;
    assert!(
        sum == 2,
        "u64::MAX + 3 is to be 2 with ADD_WRAP, and is {sum:#x}."
    );
}

/// It fails with EINVAL if a flag is unknown.
#[test]
fn a_flag_that_it_does_not_know_is_einval() {
    for bit in 1..32 {
        let look = "A bit that has no meaning yet is refused, so that it can get one.";
        Add::new(2, 3, 1 << bit).refused(Errno::EINVAL, look);
    }
}

/// It fails with EINVAL if the padding is not 0.
#[test]
fn padding_that_is_not_0_is_einval() {
    let add = Add {
        padding: 7,
        ..Add::new(2, 3, WRAP)
    };
    let look = "Room for what is to come is refused like a flag, as long as it is room.";
    add.refused(Errno::EINVAL, look);
}

/// It fails with EFAULT if the argument is not an address of the program.
#[test]
fn what_is_no_address_is_efault() {
    let device = Exercise::load().open();
    for address in [0, 1 << 63] {
        expect(
            &format!("EXERCISE_ADD with the address {address:#x}"),
            raw::ioctl(&device, NUMBER, address),
            Err(Errno::EFAULT),
            "The copying functions say so: pass their error on.",
        );
    }
}

/// It fails with EFAULT if it cannot write the structure back.
#[test]
fn what_cannot_be_written_is_efault() {
    let device = Exercise::load().open();
    let length = NonZero::new(0x1000).expect("a page has a size");
    // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
    let page = unsafe { mmap_anonymous(None, length, ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE) };
    let page = page.expect("a page can be mapped");
    // SAFETY: The page is all zeros, a valid `Add`, and no reference to it exists.
    let answer = unsafe { exercise_add(device.as_raw_fd(), page.cast().as_ptr()) };
    expect(
        "EXERCISE_ADD with a structure in memory that can only be read",
        answer,
        Err(Errno::EFAULT),
        "Copying out can fail too: pass that error on.",
    );
}
