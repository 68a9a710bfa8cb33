// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 3 on /dev/hiboma: let the device create a descriptor, twice.

use std::os::fd::AsRawFd;

use hiboma::Hiboma;

fn main() -> anyhow::Result<()> {
    let device = Hiboma::open()?;

    // ANCHOR: make
    let first = device.open_fd()?;
    println!("fd = {}", first.as_raw_fd());
    let second = device.open_fd()?;
    println!("fd = {}", second.as_raw_fd());
    // ANCHOR_END: make

    // ANCHOR: state
    // Each has a state of its own: a call on one does not change the count of the other.
    for anon in [&first, &first, &second] {
        println!("count of fd {}: {}", anon.as_raw_fd(), anon.count()?);
    }
    // ANCHOR_END: state

    pairs::print_descriptors()
}
