// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 4: have the device make a virtual machine, by KVM's ABI.

use kvm_ioctls::Cap;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    println!("version = {}", device.get_api_version());

    let vm = device.create_vm()?;
    pairs::print_descriptors()?;

    // The machine is an open file of its own, which needs the device no more.
    drop(device);
    println!(
        "KVM_CAP_USER_MEMORY = {}",
        vm.check_extension_int(Cap::UserMemory)
    );
    pairs::print_descriptors()
}
