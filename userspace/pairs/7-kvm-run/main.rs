// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 7: run a guest, and read in `struct kvm_run` why it stopped.

use anyhow::bail;
use kvm_bindings::{KVM_EXIT_HLT, KVM_EXIT_IO, kvm_run, kvm_userspace_memory_region};
use memmap2::{MmapMut, MmapOptions};

// ANCHOR: guest
// Adds 2 and 2, prints the sum and a newline, and halts.
pairs::guest!(
    r"
    mov al, 2
    add al, 2
    add al, '0'    // the digit's character
    mov dx, 0x3f8  // the first serial port
    out dx, al
    mov al, '\n'
    out dx, al
    hlt
    "
);
// ANCHOR_END: guest

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x1000;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;

    // ANCHOR: memory
    // The VM's memory is ordinary memory of this process.
    let mut memory = MmapMut::map_anon(MEMORY_SIZE)?;
    memory[..guest().len()].copy_from_slice(guest());
    let region = kvm_userspace_memory_region {
        slot: 0,
        flags: 0,
        guest_phys_addr: GUEST_ADDRESS,
        memory_size: MEMORY_SIZE as u64,
        userspace_addr: memory.as_mut_ptr() as u64,
    };
    // SAFETY: The region is the whole of `memory`, which outlives the VM's last KVM_RUN and is not
    // accessed from here on.
    unsafe { vm.set_user_memory_region(region) }?;
    // ANCHOR_END: memory

    // ANCHOR: vcpu
    let mut vcpu = vm.create_vcpu(0)?;

    // After a reset the vCPU would start at 0xfffffff0, where a PC has its firmware.
    let mut sregs = vcpu.get_sregs()?;
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    vcpu.set_sregs(&sregs)?;
    let mut regs = vcpu.get_regs()?;
    regs.rip = GUEST_ADDRESS;
    vcpu.set_regs(&regs)?;
    // ANCHOR_END: vcpu

    // ANCHOR: mmap
    // `struct kvm_run`, in which the kernel reports why KVM_RUN returned, and the pages behind it.
    // Each mmap of the descriptor maps the same memory; kvm-ioctls has mapped it too.
    let shared = MmapOptions::new()
        .len(device.get_vcpu_mmap_size()?)
        .map_raw(&vcpu)?;
    // ANCHOR_END: mmap

    // ANCHOR: run
    loop {
        vcpu.run()?;

        // SAFETY: The mapping begins with a `kvm_run`, and only KVM_RUN writes to it.
        let run = unsafe { &*shared.as_ptr().cast::<kvm_run>() };
        match run.exit_reason {
            KVM_EXIT_IO => {
                // SAFETY: For this exit reason, the kernel has filled in `io`.
                let io = unsafe { run.__bindgen_anon_1.io };
                // SAFETY: `data_offset` is inside the mapping, and `size` bytes of data are there.
                let byte = unsafe { *shared.as_ptr().add(io.data_offset as usize) };
                let (text, offset) = (byte.escape_ascii(), io.data_offset);
                println!("KVM_EXIT_IO: {:#x} <- '{text}', at {offset:#x}", io.port);
            }
            KVM_EXIT_HLT => {
                println!("KVM_EXIT_HLT");
                return Ok(());
            }
            other => bail!("the guest stopped for a reason it should not have: {other}"),
        }
    }
    // ANCHOR_END: run
}
