// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 4: create a VM, by KVM's ABI.

use kvm_ioctls::Cap;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    println!("version = {}", device.get_api_version());

    let vm = device.create_vm()?;
    pairs::print_descriptors()?;

    // The VM is an open file of its own, and does not need the device any more.
    drop(device);
    println!(
        "KVM_CAP_USER_MEMORY = {}",
        vm.check_extension_int(Cap::UserMemory)
    );
    pairs::print_descriptors()
}
