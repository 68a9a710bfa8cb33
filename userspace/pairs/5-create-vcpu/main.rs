// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 5: have the virtual machine make its CPUs.

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;

    // Besides KVM_CREATE_VCPU this maps `struct kvm_run`, memory that the kernel shares with us.
    let vcpu = vm.create_vcpu(0)?;
    println!("kvm_run: {} bytes", device.get_vcpu_mmap_size()?);
    let _other = vm.create_vcpu(1)?;
    if let Err(error) = vm.create_vcpu(0) {
        println!("vcpu 0 once more: {error}");
    }
    pairs::print_descriptors()?;

    // A CPU keeps its machine, whoever else has closed it.
    drop(vm);
    let (regs, cs) = (vcpu.get_regs()?, vcpu.get_sregs()?.cs);
    println!("rip = {:#x}, rflags = {:#x}", regs.rip, regs.rflags);
    println!("cs = {:#x}, which begins at {:#x}", cs.selector, cs.base);
    Ok(())
}
