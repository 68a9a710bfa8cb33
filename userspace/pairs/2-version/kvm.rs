// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 2 on /dev/kvm: ask for its version.

use kvm_ioctls::Kvm;

fn main() -> anyhow::Result<()> {
    let device = Kvm::new().map_err(pairs::no_kvm)?;

    println!("version = {}", device.get_api_version());
    Ok(())
}
