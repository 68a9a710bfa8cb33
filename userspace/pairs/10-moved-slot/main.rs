// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 10: move a guest's memory to another address while the guest is stopped.

use anyhow::bail;
use kvm_ioctls::VcpuExit;
use pairs::Memory;

// ANCHOR: guest
// Writes to memory and halts. Then reads at the new address of the memory and at the old one.
pairs::guest!(
    r"
    mov byte ptr [0x2000], 42
    hlt
    mov al, [0x5000]
    out 0x10, al
    mov al, [0x2000]
    out 0x10, al
    hlt
    "
);
// ANCHOR_END: guest

const PAGE: usize = 0x1000;
const GUEST_ADDRESS: u64 = 0x1000;
/// The addresses of the slot, one after the other.
const ADDRESSES: [u64; 2] = [0x2000, 0x5000];

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(PAGE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;

    // ANCHOR: move
    let moved = Memory::new(PAGE)?;
    for address in ADDRESSES {
        moved.set_region(&vm, 1, address, 0)?;
        println!("slot 1 is at {address:#x}");

        // After an exit for `hlt`, KVM_RUN continues behind the `hlt`.
        loop {
            match vcpu.run()? {
                VcpuExit::IoOut(port, data) => println!("KVM_EXIT_IO: {port:#x} <- {data:?}"),
                VcpuExit::MmioRead(address, data) => {
                    // As on a bus where no device answers.
                    data.fill(0xff);
                    println!("KVM_EXIT_MMIO: {address:#x} -> {data:?}");
                }
                VcpuExit::Hlt => {
                    println!("KVM_EXIT_HLT");
                    break;
                }
                other => bail!("the guest stopped for a reason it should not have: {other:?}"),
            }
        }
    }
    // ANCHOR_END: move
    Ok(())
}
