// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Memory`]: memory for VMs.

use std::mem::ManuallyDrop;
use std::sync::atomic::AtomicU32;

use anyhow::ensure;
use kvm_bindings::kvm_userspace_memory_region;
use kvm_ioctls::{Error, VmFd};
use memmap2::{MmapMut, MmapRaw};

/// Memory of this process that can be given to a VM.
///
/// It is never unmapped, so no VM can be left with a slot whose memory is gone, however long it
/// runs. Step 6 and step 7 show the code of this file in full.
pub struct Memory(ManuallyDrop<MmapRaw>);

impl Memory {
    /// Maps `size` bytes, all 0.
    pub fn new(size: usize) -> anyhow::Result<Self> {
        let memory = MmapMut::map_anon(size)?;
        Ok(Memory(ManuallyDrop::new(memory.into())))
    }

    /// Copies a guest's code to the beginning.
    pub fn load(&self, guest: &[u8]) -> anyhow::Result<()> {
        let (length, size) = (guest.len(), self.0.len());
        ensure!(
            length <= size,
            "a guest of {length} bytes is too long for a memory of {size}"
        );
        // SAFETY: The guest fits, and no references exist into memory that a VM may write to.
        unsafe { self.0.as_mut_ptr().copy_from(guest.as_ptr(), length) };
        Ok(())
    }

    /// Returns four bytes, which a VM may write to at any time.
    pub fn dword(&self, offset: usize) -> anyhow::Result<&AtomicU32> {
        ensure!(
            offset.is_multiple_of(4) && offset < self.0.len(),
            "there are no four bytes at {offset:#x}"
        );
        // SAFETY: The four bytes are in the memory, which is whole pages and is never unmapped; all
        // other users of it expect that others write to it.
        Ok(unsafe { AtomicU32::from_ptr(self.0.as_mut_ptr().add(offset).cast()) })
    }

    /// Puts the memory into a slot of the VM, at this guest physical address. If it is in that slot
    /// already, moves the slot.
    pub fn set_region(
        &self,
        vm: &VmFd,
        slot: u32,
        guest_phys_addr: u64,
        flags: u32,
    ) -> Result<(), Error> {
        let region = kvm_userspace_memory_region {
            slot,
            flags,
            guest_phys_addr,
            memory_size: self.0.len() as u64,
            userspace_addr: self.0.as_mut_ptr() as u64,
        };
        // SAFETY: The region is the whole of this memory, which is never unmapped; all references
        // into it are atomics, which allow for other writers.
        unsafe { vm.set_user_memory_region(region) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::Memory;

    #[test]
    fn a_guest_is_where_it_was_loaded() {
        let memory = Memory::new(0x1000).unwrap();
        memory.load(&[1, 0, 0, 0, 2]).unwrap();
        assert_eq!(memory.dword(0).unwrap().load(Relaxed), 1);
        assert_eq!(memory.dword(4).unwrap().load(Relaxed), 2);
    }

    #[test]
    fn nothing_is_outside_of_it() {
        let memory = Memory::new(0x1000).unwrap();
        assert!(memory.load(&[0; 0x1001]).is_err());
        assert!(memory.dword(0xffc).is_ok());
        assert!(memory.dword(0x1000).is_err());
        assert!(memory.dword(2).is_err());
    }
}
