// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 8: handle the exits that only userspace can handle, until the guest halts.

use anyhow::bail;
use kvm_bindings::KVM_MEM_LOG_DIRTY_PAGES;
use kvm_ioctls::VcpuExit;
use pairs::Memory;

// ANCHOR: guest
// Adds a number from a port to one from a device's memory, and writes the sum to all three places.
pairs::guest!(
    r"
    in al, 0x60         // from a port
    add al, [0x8000]    // from an address where no memory is
    mov [0x8004], al    // to such an address
    mov [0x3000], al    // to memory
    add al, '0'
    mov dx, 0x3f8
    out dx, al          // to a port
    hlt
    "
);
// ANCHOR_END: guest

const PAGE: usize = 0x1000;
const GUEST_ADDRESS: u64 = 0x1000;
const LOGGED_ADDRESS: u64 = 0x2000;
const LOGGED_SIZE: usize = 4 * PAGE;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;

    let memory = Memory::new(PAGE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let logged = Memory::new(LOGGED_SIZE)?;
    logged.set_region(&vm, 1, LOGGED_ADDRESS, KVM_MEM_LOG_DIRTY_PAGES)?;

    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;

    // ANCHOR: run
    loop {
        match vcpu.run()? {
            VcpuExit::IoIn(port, data) => {
                data.fill(2);
                println!("KVM_EXIT_IO: {port:#x} -> {data:?}");
            }
            VcpuExit::IoOut(port, data) => println!("KVM_EXIT_IO: {port:#x} <- {data:?}"),
            VcpuExit::MmioRead(address, data) => {
                data.fill(2);
                println!("KVM_EXIT_MMIO: {address:#x} -> {data:?}");
            }
            VcpuExit::MmioWrite(address, data) => {
                println!("KVM_EXIT_MMIO: {address:#x} <- {data:?}");
            }
            VcpuExit::Hlt => {
                println!("KVM_EXIT_HLT");
                break;
            }
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        }
    }
    // ANCHOR_END: run

    // ANCHOR: dirty-log
    // A write to memory causes no exit. The dirty log has a bit for each page that was written to.
    for _ in 0..2 {
        let log = vm.get_dirty_log(1, LOGGED_SIZE)?;
        println!("dirty pages of slot 1: {log:#b}", log = log[0]);
    }
    // ANCHOR_END: dirty-log
    Ok(())
}
