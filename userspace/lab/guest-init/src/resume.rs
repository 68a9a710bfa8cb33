// SPDX-License-Identifier: MIT OR Apache-2.0

//! Prepares a guest for a snapshot, and updates it after resuming from one.
//!
//! Guests of one snapshot start with the same memory, and so with the same state of the kernel's
//! random number generator. And time stood still in the snapshot.

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lab_protocol::Resumed;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_settime};

/// `struct rand_pool_info` of [`uapi/linux/random.h`](srctree/include/uapi/linux/random.h), with
/// room for the bytes that the lab sends.
#[repr(C)]
struct RandPoolInfo {
    entropy_count: i32,
    buf_size: i32,
    buf: [u8; 32],
}

nix::ioctl_write_ptr_bad!(
    /// Takes a `struct rand_pool_info` of any length; its number has only the size of the counts.
    rnd_add_entropy,
    nix::request_code_write!(b'R', 0x03, 2 * size_of::<i32>()),
    RandPoolInfo
);
nix::ioctl_none!(rnd_reseed_crng, b'R', 0x07);

/// The file with the name of the kernel's clock source.
const CLOCK: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// How long to wait for it: far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits until the kernel has calibrated the TSC. It does so in the background for a
/// second after the boot, then switches to the TSC as its clock source, and logs that.
pub fn settle() -> Result<()> {
    let start = Instant::now();
    let is_early = || -> Result<bool> {
        let clock = fs::read_to_string(CLOCK).with_context(|| format!("cannot read {CLOCK}"))?;
        Ok(clock.trim_end() != "tsc")
    };
    while is_early()? && start.elapsed() < PATIENCE {
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Sets the guest's clock, and gives it random numbers of its own.
pub fn resume(resumed: &Resumed) -> Result<()> {
    clock_settime(ClockId::CLOCK_REALTIME, TimeSpec::from(resumed.now))
        .context("cannot set the clock")?;
    let random = File::open("/dev/urandom").context("cannot open /dev/urandom")?;
    let entropy = RandPoolInfo {
        entropy_count: 8 * resumed.entropy.len() as i32,
        buf_size: resumed.entropy.len() as i32,
        buf: resumed.entropy,
    };
    // SAFETY: The structure is as long as its `buf_size` says.
    unsafe { rnd_add_entropy(random.as_raw_fd(), &entropy) }.context("RNDADDENTROPY")?;
    // SAFETY: The ioctl has no argument.
    unsafe { rnd_reseed_crng(random.as_raw_fd()) }.context("RNDRESEEDCRNG")?;
    Ok(())
}
