// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random arguments, the same for all devices, which must return the same results. A
//! failure's message contains the seed, and a seed always gives the same arguments.

use std::cell::RefCell;
use std::fmt::Debug;
use std::mem::offset_of;
use std::os::fd::AsRawFd;

use fastrand::Rng;
use guest_tests::kvm::{
    Device, Memory, PAGE, Vcpu, as_fd, dirty_log, exchange, on_all, pass, region,
};
use hiboma::kvm::*;
use kvm_bindings::{kvm_ioeventfd, kvm_sregs};
use kvm_ioctls::VmFd;
use nix::sys::eventfd::{EfdFlags, EventFd};
use zerocopy::{FromZeros, IntoBytes};

/// Creates an object on each device, uses it as each seed says, and compares the results.
fn seeds<M, T>(count: u64, make: impl Fn(&Device) -> M, run: impl Fn(&M, &mut Rng) -> T)
where
    T: PartialEq + Debug,
{
    let kvm = RefCell::new(Vec::new());
    on_all(|device| {
        let made = make(device);
        let run = |seed| run(&made, &mut Rng::with_seed(seed));
        let answers: Vec<_> = (0..count).map(run).collect();
        for (seed, (kvm, hiboma)) in kvm.borrow().iter().zip(&answers).enumerate() {
            assert_eq!(kvm, hiboma, "seed {seed}");
        }
        *kvm.borrow_mut() = answers;
    });
}

fn vm(device: &Device) -> VmFd {
    device.open().create_vm().unwrap()
}

fn vcpu(device: &Device) -> Vcpu {
    Vcpu::create(&vm(device), 0)
}

/// Slots are created, moved and deleted, often with errors; each slot's dirty log is read.
#[test]
fn memory_slots() {
    let memory = Memory::new(8 * PAGE);
    seeds(5000, vm, |vm, random| {
        let page = PAGE as u64;
        let region = region(
            random.u32(0..4),
            random.choice([0, 0, 0, 1, 1, 2, 3]).unwrap(),
            random.u64(0..12) * page,
            random.u64(0..4) * page,
            memory.address() + random.u64(0..2) * page,
        );
        let answer = pass(as_fd(vm), KVM_SET_USER_MEMORY_REGION, region);
        (answer, dirty_log(as_fd(vm), region.slot))
    });
}

/// A valid slot with at most one bit flipped.
#[test]
fn memory_slots_of_any_bits() {
    /// Bits of addresses that may be too long for a host: a named difference.
    const LONG: std::ops::Range<usize> = 64 + 36..64 + 52;
    /// The bit of the second address space: the difference `system management mode`.
    const SMM: usize = 16;
    let memory = Memory::new(8 * PAGE);
    seeds(2000, vm, |vm, random| {
        let mut words = [0, 0x1_0000, 0x2000, memory.address()];
        let bit = random.usize(0..4 * 64);
        if !LONG.contains(&bit) && bit != SMM {
            words[bit / 64] ^= 1 << (bit % 64);
        }
        let [slot, address, size, user] = words;
        let (slot, flags) = (slot as u32, (slot >> 32) as u32);
        let set = |size| {
            let region = region(slot, flags, address, size, user);
            pass(as_fd(vm), KVM_SET_USER_MEMORY_REGION, region)
        };
        (set(size), set(0))
    });
}

/// Events are assigned and deassigned, and often collide.
#[test]
fn ioeventfds() {
    let event = || EventFd::from_flags(EfdFlags::EFD_NONBLOCK).unwrap();
    let events = [event(), event()];
    seeds(5000, vm, |vm, random| {
        let ioeventfd = kvm_ioeventfd {
            datamatch: random.u64(0..3),
            addr: random.u64(0..4),
            len: random.choice([0, 1, 2, 3, 4, 8, 9]).unwrap(),
            fd: events[random.usize(0..2)].as_raw_fd(),
            flags: random.u32(0..16),
            ..kvm_ioeventfd::default()
        };
        pass(as_fd(vm), KVM_IOEVENTFD, ioeventfd)
    });
}

/// Flips a few bits of the special registers, and reads them back.
#[test]
fn system_registers() {
    /// Pending interrupts, a named difference.
    const INTERRUPTS: usize = offset_of!(kvm_sregs, interrupt_bitmap);
    /// KVM accepts it on AMD, but not on Intel.
    const EFER_LMSLE: u64 = 1 << 13;
    seeds(5000, vcpu, |vcpu, random| {
        let before = vcpu.sregs();
        let mut sregs = KvmSregs::new_zeroed();
        exchange(as_fd(vcpu), KVM_GET_SREGS, &mut sregs).unwrap();
        for _ in 0..random.usize(1..4) {
            sregs.as_mut_bytes()[random.usize(0..INTERRUPTS)] ^= 1 << random.u32(0..8);
        }
        sregs.efer &= !EFER_LMSLE;
        let answer = exchange(as_fd(vcpu), KVM_SET_SREGS, &mut sregs);
        let after = vcpu.sregs();
        vcpu.fd.set_sregs(&before).unwrap();
        (answer, after)
    });
}

/// Sets all general registers to random values, and reads them back.
#[test]
fn registers() {
    seeds(500, vcpu, |vcpu, random| {
        let mut regs = KvmRegs::new_zeroed();
        random.fill(regs.as_mut_bytes());
        let answer = exchange(as_fd(vcpu), KVM_SET_REGS, &mut regs);
        (answer, vcpu.regs())
    });
}
