// SPDX-License-Identifier: MIT OR Apache-2.0

//! No step: prints where the guest is at each exit.

use anyhow::bail;
use kvm_ioctls::{VcpuExit, VcpuFd};
use pairs::Memory;

// ANCHOR: guest
// Writes to a port, reads from a device's memory, and adds to it. There is no memory at 0x8000.
pairs::guest!(
    r"
    mov al, 2
    out 0x10, al
    mov al, [0x8000]
    add [0x8000], al
    hlt
    "
);
// ANCHOR_END: guest

const PAGE: usize = 0x1000;
const GUEST_ADDRESS: u64 = 0x1000;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(PAGE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;

    // ANCHOR: run
    loop {
        let exit = match vcpu.run()? {
            VcpuExit::IoOut(port, data) => format!("KVM_EXIT_IO: {port:#x} <- {data:?}"),
            VcpuExit::MmioRead(address, data) => {
                data.fill(3);
                format!("KVM_EXIT_MMIO: {address:#x} -> {data:?}")
            }
            VcpuExit::MmioWrite(address, data) => {
                format!("KVM_EXIT_MMIO: {address:#x} <- {data:?}")
            }
            VcpuExit::Hlt => break,
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        };
        print_at(&vcpu, &exit)?;
    }
    print_at(&vcpu, "KVM_EXIT_HLT")
    // ANCHOR_END: run
}

fn print_at(vcpu: &VcpuFd, exit: &str) -> anyhow::Result<()> {
    let regs = vcpu.get_regs()?;
    println!("rip = {:#x}, al = {}: {exit}", regs.rip, regs.rax as u8);
    Ok(())
}
