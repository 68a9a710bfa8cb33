// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 1 on /dev/kvm: open the device.

use kvm_ioctls::Kvm;

fn main() -> anyhow::Result<()> {
    let _device = Kvm::new().map_err(pairs::no_kvm)?;

    pairs::print_descriptors()
}
