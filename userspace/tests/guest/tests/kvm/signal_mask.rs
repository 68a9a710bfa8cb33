// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_SET_SIGNAL_MASK`: the signals that are blocked during `KVM_RUN`.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, Signal, as_fd, exchange, on_all};
use hiboma::kvm::KVM_SET_SIGNAL_MASK;
use kvm_bindings::KVM_EXIT_INTR;
use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::SigSet;

/// `struct kvm_signal_mask` with its mask, which starts at offset 4.
#[repr(C, packed)]
struct Mask(u32, u64);

fn set(machine: &Machine, length: u32, bits: u64) -> nix::Result<()> {
    exchange(
        as_fd(&machine.vcpu),
        KVM_SET_SIGNAL_MASK,
        &mut Mask(length, bits),
    )
    .map(drop)
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// The thread blocks a signal that `KVM_RUN` does not block.
#[test]
fn a_signal_that_only_kvm_run_takes() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "hlt"]);
        let signal = Signal::to_this_thread();
        signal.blocked(|| {
            set(&machine, 8, 0).unwrap();
            signal.send();
            assert_eq!(machine.run(), Err(Errno::EINTR));
            assert_eq!(machine.exit_reason(), KVM_EXIT_INTR);
            assert_eq!(machine.regs().rip, CODE);
            // The signal is still pending, and the thread has its own mask again.
            assert_eq!(machine.run(), Err(Errno::EINTR));
            let blocked = SigSet::thread_get_mask().unwrap();
            assert!(blocked.contains(nix::sys::signal::Signal::SIGUSR1));

            // Without such a mask, the thread's own mask counts during `KVM_RUN`.
            let answer = call_without_mask(&machine);
            assert_eq!(answer, Ok(()));
            assert_eq!(machine.run(), Ok(Exit::Halt));
        });
    });
}

/// A null pointer removes the mask.
fn call_without_mask(machine: &Machine) -> nix::Result<()> {
    use guest_tests::kvm::{BadPointer, pass_bad};
    pass_bad(as_fd(&machine.vcpu), KVM_SET_SIGNAL_MASK, BadPointer::Null).map(drop)
}

/// A signal that is still pending when `KVM_RUN` returns is delivered then.
#[test]
fn a_signal_that_kvm_run_does_not_take() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let signal = Signal::to_this_thread();
        set(&machine, 8, bit(libc::SIGUSR1)).unwrap();
        signal.blocked(|| {
            signal.send();
            assert_eq!(machine.run(), Ok(Exit::Halt));
        });
        assert!(
            !SigSet::thread_get_mask()
                .unwrap()
                .contains(nix::sys::signal::Signal::SIGUSR1)
        );
    });
}

#[test]
fn a_mask_has_8_bytes() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        for length in [0, 4, 7, 9, 16, u32::MAX] {
            assert_eq!(set(&machine, length, 0), Err(Errno::EINVAL), "{length}");
        }
        // Any bits are valid, even those of signals that cannot be blocked.
        assert_eq!(set(&machine, 8, u64::MAX), Ok(()));
    });
}
