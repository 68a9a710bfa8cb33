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
            "{asked} failed, but changed the structure to {self:#x?}.\n\
             A failed call must not change the structure."
        );
    }
}

/// The sum is written back into the structure.
#[test]
fn the_sum_is_written_back() {
    for (left, right) in [(2, 3), (0, 0), (u64::MAX, 0), (1 << 40, 1 << 41)] {
        let mut add = Add::new(left, right, 0);
        expect(
            &format!("EXERCISE_ADD ({NUMBER:#x}) of {left:#x} and {right:#x}"),
            add.ask(),
            Ok(0),
            "The last arm of the `match` returns EINVAL for every number that has no other arm. \
             The structure's size is part of the number.",
        );
        let wanted = Add {
            sum: left + right,
            ..Add::new(left, right, 0)
        };
        assert!(
            add == wanted,
            "EXERCISE_ADD left {add:#x?} in memory; expected {wanted:#x?}.\n\
             The kernel works on a copy of the structure. Copy it back."
        );
    }
}

/// It fails with EOVERFLOW if the sum does not fit.
#[test]
fn a_sum_that_does_not_fit_fails_with_eoverflow() {
    for (left, right) in [(u64::MAX, 1), (1 << 63, 1 << 63)] {
        let look = "`checked_add` tells you whether the sum fits.";
        Add::new(left, right, 0).refused(Errno::EOVERFLOW, look);
    }
}

/// With ADD_WRAP, a sum that does not fit wraps around.
#[test]
fn with_add_wrap_the_sum_wraps_around() {
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
        "With ADD_WRAP, EXERCISE_ADD of u64::MAX and 3 wrote the sum {sum:#x}; expected 0x2."
    );
}

/// It fails with EINVAL if a flag is unknown.
#[test]
fn an_unknown_flag_fails_with_einval() {
    for bit in 1..32 {
        let look = "Refuse each bit that has no meaning yet, so that it can get one later.";
        Add::new(2, 3, 1 << bit).refused(Errno::EINVAL, look);
    }
}

/// It fails with EINVAL if the padding is not 0.
#[test]
fn padding_other_than_0_fails_with_einval() {
    let add = Add {
        padding: 7,
        ..Add::new(2, 3, WRAP)
    };
    let look = "Refuse padding that is not 0, so that it can get a meaning later.";
    add.refused(Errno::EINVAL, look);
}

/// It fails with EFAULT if the argument is not an address of the program.
#[test]
fn a_bad_address_fails_with_efault() {
    let device = Exercise::load().open();
    for address in [0, 1 << 63] {
        expect(
            &format!("EXERCISE_ADD with the address {address:#x}"),
            raw::ioctl(&device, NUMBER, address),
            Err(Errno::EFAULT),
            "The copying functions return EFAULT. Pass their error on.",
        );
    }
}

/// It fails with EFAULT if it cannot write the structure back.
#[test]
fn read_only_memory_fails_with_efault() {
    let device = Exercise::load().open();
    let length = NonZero::new(0x1000).expect("a page has a size");
    // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
    let page = unsafe { mmap_anonymous(None, length, ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE) };
    let page = page.expect("a page can be mapped");
    // SAFETY: The page is all zeros, a valid `Add`, and no reference to it exists.
    let answer = unsafe { exercise_add(device.as_raw_fd(), page.cast().as_ptr()) };
    expect(
        "EXERCISE_ADD with a structure in read-only memory",
        answer,
        Err(Errno::EFAULT),
        "Copying out can fail as well. Pass that error on.",
    );
}
