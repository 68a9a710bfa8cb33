// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 2 on /dev/hiboma: ask for its version.

use hiboma::Hiboma;

fn main() -> anyhow::Result<()> {
    let device = Hiboma::open()?;

    println!("version = {}", device.version()?);
    Ok(())
}
