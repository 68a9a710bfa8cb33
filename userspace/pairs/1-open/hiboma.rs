// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 1 on /dev/hiboma: open the device.

use hiboma::Hiboma;

fn main() -> anyhow::Result<()> {
    let _device = Hiboma::open()?;

    pairs::print_descriptors()
}
