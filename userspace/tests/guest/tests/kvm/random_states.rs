// SPDX-License-Identifier: MIT OR Apache-2.0

//! Guests that start in states with a few bits set at random by userspace.
//! No such guest may harm the host, and most of them behave as on KVM.

use std::mem::offset_of;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use guest_tests::kvm::{
    Device, Exit, Machine, Mode, RAM, Signal, as_fd, exchange, same_on_hardware,
};
use hiboma::kvm::{KVM_GET_SREGS, KVM_SET_SREGS, KvmSregs};
use kvm_bindings::{KVM_EXIT_FAIL_ENTRY, kvm_regs, kvm_sregs};
use zerocopy::{FromZeros, IntoBytes};

/// Fills the guest's memory with `hlt`.
fn machine(device: &Device, mode: Mode) -> Machine {
    let machine = Machine::in_mode(device, mode, &[]);
    for at in (0..RAM).step_by(0x1000) {
        if !(0x2000..0x6000).contains(&at) {
            machine.memory.write(at, &[0xf4; 0x1000]);
        }
    }
    machine
}

/// Returns the results of one seed.
fn run(device: &Device, seed: u64) -> (nix::Result<i32>, nix::Result<Exit>, kvm_regs) {
    /// Pending interrupts, a named difference.
    const INTERRUPTS: usize = offset_of!(kvm_sregs, interrupt_bitmap);

    let mut random = Rng::with_seed(seed);
    let modes = [Mode::Protected, Mode::Paged, Mode::Pae, Mode::Long];
    let mut machine = machine(device, random.choice(modes).unwrap());
    let fd = as_fd(&machine.vcpu);
    let mut sregs = KvmSregs::new_zeroed();
    exchange(fd, KVM_GET_SREGS, &mut sregs).unwrap();
    for _ in 0..random.usize(1..5) {
        sregs.as_mut_bytes()[random.usize(0..INTERRUPTS)] ^= 1 << random.u32(0..8);
    }
    if random.bool() {
        // Real mode, perhaps with bits that are invalid there.
        (sregs.cr0, sregs.efer) = (0x10, 0);
        (sregs.cs.l, sregs.cs.limit) = (0, 0xffff);
    }
    let set = exchange(fd, KVM_SET_SREGS, &mut sregs);
    machine.change_regs(|regs| regs.rflags ^= 1 << random.u32(0..22));
    let exit = run_within_seconds(&mut machine);
    let regs = match exit {
        // On an emulated CPU, KVM's registers then contain values of the host.
        Ok(Exit::Other(KVM_EXIT_FAIL_ENTRY)) => kvm_regs::default(),
        _ => machine.regs(),
    };
    (set, exit, regs)
}

/// Interrupts a guest that does not stop by itself: `EINTR`.
fn run_within_seconds(machine: &mut Machine) -> nix::Result<Exit> {
    let signal = Signal::to_this_thread();
    let (over, is_over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if is_over.recv_timeout(Duration::from_secs(2)) == Err(RecvTimeoutError::Timeout) {
                signal.send();
            }
        });
        let exit = machine.run();
        drop(over);
        exit
    })
}

#[test]
fn they_end_as_on_kvm() {
    for seed in 0..100 {
        println!("seed {seed}");
        same_on_hardware(|device| run(device, seed));
    }
}
