// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 4 on /dev/kvm: give a virtual machine memory and a processor, and run what is in it.

use anyhow::bail;
use kvm_bindings::kvm_userspace_memory_region;
use kvm_ioctls::{Kvm, VcpuExit};
use memmap2::MmapMut;

// ANCHOR: guest
/// The guest, in 16-bit code: adds 2 and 2, prints the sum and a newline, and halts.
#[rustfmt::skip]
const CODE: [u8; 14] = [
    0xb0, 2,          // mov al, 2
    0x04, 2,          // add al, 2
    0x04, b'0',       // add al, '0'      the digit's character
    0xba, 0xf8, 0x03, // mov dx, 0x3f8    the first serial port
    0xee,             // out dx, al
    0xb0, b'\n',      // mov al, '\n'
    0xee,             // out dx, al
    0xf4,             // hlt
];
// ANCHOR_END: guest

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x1000;

fn main() -> anyhow::Result<()> {
    let device = Kvm::new().map_err(pairs::no_kvm)?;
    let vm = device.create_vm()?;

    // ANCHOR: memory
    // The machine's memory is ordinary memory of this process.
    let mut memory = MmapMut::map_anon(MEMORY_SIZE)?;
    memory[..CODE.len()].copy_from_slice(&CODE);
    let region = kvm_userspace_memory_region {
        slot: 0,
        flags: 0,
        guest_phys_addr: GUEST_ADDRESS,
        memory_size: MEMORY_SIZE as u64,
        userspace_addr: memory.as_mut_ptr() as u64,
    };
    // SAFETY: The region is the whole of `memory`, which outlives the machine's last KVM_RUN and
    // is not touched from here on.
    unsafe { vm.set_user_memory_region(region) }?;
    // ANCHOR_END: memory

    // ANCHOR: vcpu
    // Besides KVM_CREATE_VCPU this maps `struct kvm_run`, through which KVM tells why it returns.
    let mut vcpu = vm.create_vcpu(0)?;
    println!("kvm_run: {} bytes", device.get_vcpu_mmap_size()?);

    // From reset the processor would start at 0xfffffff0, where a PC has its firmware.
    let mut sregs = vcpu.get_sregs()?;
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    vcpu.set_sregs(&sregs)?;
    let mut regs = vcpu.get_regs()?;
    regs.rip = GUEST_ADDRESS;
    vcpu.set_regs(&regs)?;
    // ANCHOR_END: vcpu

    // ANCHOR: run
    loop {
        match vcpu.run()? {
            VcpuExit::IoOut(port, data) => {
                println!("KVM_EXIT_IO: {port:#x} <- '{}'", data.escape_ascii());
            }
            VcpuExit::Hlt => {
                println!("KVM_EXIT_HLT");
                break;
            }
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        }
    }
    // ANCHOR_END: run

    pairs::print_descriptors()
}
