// SPDX-License-Identifier: MIT OR Apache-2.0

//! A virtual machine for a test.

use std::ops::{Deref, DerefMut};

use kvm_ioctls::VmFd;

use super::{Device, Memory, Vcpu, as_fd, set_region};

/// Where the guest's code is.
pub const CODE: u64 = 0x1000;

/// The top of the guest's stack.
pub const STACK: u64 = 0x8000;

/// How much memory there is, from address 0 on, in slot 0.
pub const RAM: usize = 0x1_0000;

/// A machine with memory and one CPU, which it derefs to: in real mode, all segments at 0,
/// all registers 0 but IP and SP, about to execute the code.
///
/// The device is closed: nothing needs it.
pub struct Machine {
    /// The CPU.
    pub vcpu: Vcpu,
    /// The machine.
    pub vm: VmFd,
    /// What is at address 0.
    pub memory: Memory,
}

impl Machine {
    /// Makes one, with this code at [`CODE`].
    pub fn new(device: &Device, code: &[u8]) -> Self {
        let vm = device.open().create_vm().expect("KVM_CREATE_VM");
        let memory = Memory::new(RAM);
        memory.write(CODE as usize, code);
        set_region(as_fd(&vm), 0, 0, 0, &memory).expect("KVM_SET_USER_MEMORY_REGION");
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.start_at(CODE, STACK);
        Machine { vcpu, vm, memory }
    }

    /// Gives it more memory.
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
