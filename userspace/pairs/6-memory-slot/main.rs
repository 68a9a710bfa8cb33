// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 6: give the virtual machine memory, slot by slot.

use kvm_bindings::kvm_userspace_memory_region;
use memmap2::MmapMut;
use nix::errno::Errno;

const PAGE: u64 = 0x1000;

/// What is asked for, in this order: a slot, and where in the guest how many bytes shall be.
const REQUESTS: [(u32, u64, u64); 7] = [
    (0, 0x1000, PAGE),     // memory
    (1, 0x1000, PAGE),     // over the other's
    (1, 0x2000, PAGE),     // beside it
    (1, 0x8000, PAGE),     // moved elsewhere
    (2, 0x3000, PAGE / 2), // not a whole page
    (1, 0x8000, 0),        // none: the slot is emptied
    (1, 0x8000, 0),        // which can be done but once
];

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    // The machine's memory is ordinary memory of this process; here, a page for each slot.
    let mut memory = MmapMut::map_anon(3 * PAGE as usize)?;
    let vm = device.create_vm()?;

    for (slot, guest_phys_addr, memory_size) in REQUESTS {
        let region = kvm_userspace_memory_region {
            slot,
            flags: 0,
            guest_phys_addr,
            memory_size,
            userspace_addr: memory.as_mut_ptr() as u64 + u64::from(slot) * PAGE,
        };
        // SAFETY: The region is in `memory`, which is dropped after the machine.
        let result = match unsafe { vm.set_user_memory_region(region) } {
            Ok(()) => "done".to_owned(),
            Err(error) => Errno::from_raw(error.errno()).to_string(),
        };
        println!("slot {slot}, {memory_size:#x} at {guest_phys_addr:#x}: {result}");
    }
    Ok(())
}
