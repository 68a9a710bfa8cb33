// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first moments of a guest that was resumed from a snapshot.
//!
//! Guests of one snapshot have the same memory, and so the same state of the kernel's random number
//! generator; and the time stood still in it.

use std::fs::File;
use std::os::fd::AsRawFd;

use anyhow::{Context, Result};
use lab_protocol::Resumed;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_settime};

/// `struct rand_pool_info` of [`uapi/linux/random.h`](srctree/include/uapi/linux/random.h), with
/// as many bytes as the lab sends.
#[repr(C)]
struct RandPoolInfo {
    entropy_count: i32,
    buf_size: i32,
    buf: [u8; 32],
}

nix::ioctl_write_ptr_bad!(
    /// Takes a `struct rand_pool_info` of any length; its number knows the two counts only.
    rnd_add_entropy,
    nix::request_code_write!(b'R', 0x03, 2 * size_of::<i32>()),
    RandPoolInfo
);
nix::ioctl_none!(rnd_reseed_crng, b'R', 0x07);

/// Gives the guest a clock that is right, and random numbers of its own.
pub fn resume(resumed: &Resumed) -> Result<()> {
    clock_settime(ClockId::CLOCK_REALTIME, TimeSpec::from(resumed.now))
        .context("cannot set the clock")?;
    let random = File::open("/dev/urandom").context("cannot open /dev/urandom")?;
    let entropy = RandPoolInfo {
        entropy_count: 8 * resumed.entropy.len() as i32,
        buf_size: resumed.entropy.len() as i32,
        buf: resumed.entropy,
    };
    // SAFETY: the structure is as long as its `buf_size` says.
    unsafe { rnd_add_entropy(random.as_raw_fd(), &entropy) }.context("RNDADDENTROPY")?;
    // SAFETY: it has no argument.
    unsafe { rnd_reseed_crng(random.as_raw_fd()) }.context("RNDRESEEDCRNG")?;
    Ok(())
}
