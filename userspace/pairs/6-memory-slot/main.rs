// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 6: give the VM memory, slot by slot.

use kvm_bindings::kvm_userspace_memory_region;
use memmap2::MmapMut;
use nix::errno::Errno;

const PAGE: u64 = 0x1000;

/// The requests, in this order: the slot, its guest physical address and its size in bytes.
const REQUESTS: [(u32, u64, u64); 7] = [
    (0, 0x1000, PAGE),     // a new slot
    (1, 0x1000, PAGE),     // overlaps slot 0
    (1, 0x2000, PAGE),     // next to slot 0
    (1, 0x8000, PAGE),     // moves the slot
    (2, 0x3000, PAGE / 2), // not a multiple of the page size
    (1, 0x8000, 0),        // size 0 deletes the slot
    (1, 0x8000, 0),        // a deleted slot cannot be deleted
];

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    // The VM's memory is ordinary memory of this process; here, one page for each slot.
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
        // SAFETY: The region is in `memory`, which is dropped after the VM.
        let result = match unsafe { vm.set_user_memory_region(region) } {
            Ok(()) => "done".to_owned(),
            Err(error) => Errno::from_raw(error.errno()).to_string(),
        };
        println!("slot {slot}, {memory_size:#x} at {guest_phys_addr:#x}: {result}");
    }
    Ok(())
}
