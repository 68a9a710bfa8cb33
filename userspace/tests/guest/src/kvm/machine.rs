// SPDX-License-Identifier: MIT OR Apache-2.0

//! A VM for a test.

use std::ops::{Deref, DerefMut};

use kvm_ioctls::VmFd;

use super::{Device, Memory, Vcpu, as_fd, set_region};

/// The address of the guest's code.
pub const CODE: u64 = 0x1000;

/// The top of the guest's stack.
pub const STACK: u64 = 0x8000;

/// The size of the memory in slot 0, which starts at address 0.
pub const RAM: usize = 0x1_0000;

/// A VM with memory and one vCPU, to which it derefs. The vCPU is in real mode with all
/// segments at 0 and all registers 0 except IP and SP, and is about to execute the code.
///
/// The device is already closed: the VM does not need it.
pub struct Machine {
    /// The vCPU.
    pub vcpu: Vcpu,
    /// The VM.
    pub vm: VmFd,
    /// The memory at address 0.
    pub memory: Memory,
}

impl Machine {
    /// Creates a VM with this code at [`CODE`].
    pub fn new(device: &Device, code: &[u8]) -> Self {
        let vm = device.open().create_vm().expect("KVM_CREATE_VM");
        let memory = Memory::new(RAM);
        memory.write(CODE as usize, code);
        set_region(as_fd(&vm), 0, 0, 0, &memory).expect("KVM_SET_USER_MEMORY_REGION");
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.start_at(CODE, STACK);
        Machine { vcpu, vm, memory }
    }

    /// Adds a memory slot.
    pub fn add_slot(&self, slot: u32, flags: u32, address: u64, memory: &Memory) {
        let answer = set_region(as_fd(&self.vm), slot, flags, address, memory);
        answer.expect("KVM_SET_USER_MEMORY_REGION");
    }
}

impl Deref for Machine {
    type Target = Vcpu;

    fn deref(&self) -> &Vcpu {
        &self.vcpu
    }
}

impl DerefMut for Machine {
    fn deref_mut(&mut self) -> &mut Vcpu {
        &mut self.vcpu
    }
}
