// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 5: create vCPUs of a VM.

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;

    // Calls KVM_CREATE_VCPU and maps `struct kvm_run`, memory that the kernel shares with us.
    let vcpu = vm.create_vcpu(0)?;
    println!("kvm_run: {} bytes", device.get_vcpu_mmap_size()?);
    let _other = vm.create_vcpu(1)?;
    if let Err(error) = vm.create_vcpu(0) {
        println!("vcpu 0 once more: {error}");
    }
    pairs::print_descriptors()?;

    // A vCPU holds a reference to its VM, which outlives its own descriptor.
    drop(vm);
    let (regs, cs) = (vcpu.get_regs()?, vcpu.get_sregs()?.cs);
    println!("rip = {:#x}, rflags = {:#x}", regs.rip, regs.rflags);
    println!("cs = {:#x}, which begins at {:#x}", cs.selector, cs.base);
    Ok(())
}
