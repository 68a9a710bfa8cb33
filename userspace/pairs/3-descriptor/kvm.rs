// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 3 on /dev/kvm: let the device create a descriptor, twice. Each is a VM.

use std::os::fd::AsRawFd;

use kvm_ioctls::Kvm;

fn main() -> anyhow::Result<()> {
    let device = Kvm::new().map_err(pairs::no_kvm)?;

    // ANCHOR: make
    let first = device.create_vm()?;
    println!("fd = {}", first.as_raw_fd());
    let second = device.create_vm()?;
    println!("fd = {}", second.as_raw_fd());
    // ANCHOR_END: make

    // ANCHOR: state
    // Each has a state of its own: a VM can have one vCPU 0, and the other VM has its own.
    for vm in [&first, &first, &second] {
        match vm.create_vcpu(0) {
            Ok(_) => println!("vcpu 0 of fd {}: made", vm.as_raw_fd()),
            Err(error) => println!("vcpu 0 of fd {}: {error}", vm.as_raw_fd()),
        }
    }
    // ANCHOR_END: state

    pairs::print_descriptors()
}
