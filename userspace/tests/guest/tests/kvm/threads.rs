// SPDX-License-Identifier: MIT OR Apache-2.0

//! One vCPU and several threads: the vCPU's ioctls are serialized.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, Memory, Signal, as_fd, ask, call, on_all};
use hiboma::kvm::{KVM_GET_REGS, KVM_RUN};
use kvm_bindings::kvm_regs;
use nix::errno::Errno;

/// Sets the byte at 0x3000, then runs until the byte at 0x3001 is not 0.
const UNTIL_TOLD: fn() -> &'static [u8] = || {
    code![
        "mov byte ptr [0x3000], 1",
        "2: inc ecx",
        "cmp byte ptr [0x3001], 0",
        "je 2b",
        "hlt",
        "out 0x10, al",
    ]
};

fn wait(memory: &Memory) {
    while memory.byte(0x3000) == 0 {
        thread::yield_now();
    }
}

/// Long enough for an error to show; a correct result does not depend on it.
const A_MOMENT: Duration = Duration::from_millis(50);

#[test]
fn other_ioctls_wait_until_the_guest_exits() {
    on_all(|device| {
        let machine = Machine::new(device, UNTIL_TOLD());
        let (vcpu, memory) = (as_fd(&machine.vcpu), &machine.memory);
        thread::scope(|scope| {
            let runner = scope.spawn(move || call(vcpu, KVM_RUN, 0));
            wait(memory);
            let (tell, told) = channel();
            scope.spawn(move || {
                let regs: kvm_regs = ask(vcpu, KVM_GET_REGS).unwrap();
                tell.send(regs.rcx).unwrap();
            });
            assert!(told.recv_timeout(A_MOMENT).is_err());
            memory.write(0x3001, &[1]);
            assert_eq!(runner.join().unwrap(), Ok(0));
            assert!(told.recv().unwrap() > 0);
        });
    });
}

/// `isatty(3)` calls the ioctl `TCGETS`.
#[test]
fn a_number_that_is_not_kvms_is_refused_while_the_guest_runs() {
    const TCGETS: u32 = 0x5401;
    on_all(|device| {
        let machine = Machine::new(device, UNTIL_TOLD());
        let (vcpu, memory) = (as_fd(&machine.vcpu), &machine.memory);
        thread::scope(|scope| {
            let runner = scope.spawn(move || call(vcpu, KVM_RUN, 0));
            wait(memory);
            let (tell, told) = channel();
            scope.spawn(move || tell.send(call(vcpu, TCGETS, 0)).unwrap());
            let answer = told.recv_timeout(Duration::from_secs(10));
            memory.write(0x3001, &[1]);
            assert_eq!(answer, Ok(Err(Errno::EINVAL)));
            assert_eq!(runner.join().unwrap(), Ok(0));
        });
    });
}

/// The second run continues where the first has stopped.
#[test]
fn two_runs_are_one_after_the_other() {
    on_all(|device| {
        let mut machine = Machine::new(device, UNTIL_TOLD());
        let (vcpu, memory) = (as_fd(&machine.vcpu), &machine.memory);
        thread::scope(|scope| {
            let runners = [(); 2].map(|()| scope.spawn(move || call(vcpu, KVM_RUN, 0)));
            wait(memory);
            memory.write(0x3001, &[1]);
            let answers = runners.map(|runner| runner.join().unwrap());
            assert_eq!(answers, [Ok(0), Ok(0)]);
        });
        // One returned at `hlt`, the other at `out`, which this run completes.
        machine.immediate_exit(1);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        assert_eq!(machine.regs().rip, 0x1011);
    });
}

/// A signal to the thread that runs the guest ends its `KVM_RUN`.
#[test]
fn the_signal_is_for_who_runs_the_guest() {
    on_all(|device| {
        let machine = Machine::new(device, UNTIL_TOLD());
        let (vcpu, memory) = (as_fd(&machine.vcpu), &machine.memory);
        thread::scope(|scope| {
            let (tell, told) = channel();
            let runner = scope.spawn(move || {
                tell.send(Signal::to_this_thread()).unwrap();
                call(vcpu, KVM_RUN, 0)
            });
            let signal = told.recv().unwrap();
            wait(memory);
            signal.send();
            assert_eq!(runner.join().unwrap(), Err(Errno::EINTR));
        });
    });
}

/// Slots can be added and deleted while the guest runs.
#[test]
fn a_slot_can_go_under_a_running_guest() {
    on_all(|device| {
        let code = code!["2: mov al, [0]", "mov byte ptr cs:[0x3000], 1", "jmp 2b"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        let extra = Memory::new(0x1000);
        machine.add_slot(1, 0, 0x20000, &extra);
        let nothing = guest_tests::kvm::region(1, 0, 0, 0, 0);
        let number = hiboma::kvm::KVM_SET_USER_MEMORY_REGION;
        thread::scope(|scope| {
            let (vm, memory) = (as_fd(&machine.vm), &machine.memory);
            scope.spawn(move || {
                wait(memory);
                guest_tests::kvm::pass(vm, number, nothing).unwrap();
            });
            let exit = machine.vcpu.run();
            assert_eq!(
                exit,
                Ok(Exit::Read {
                    address: 0x20000,
                    length: 1
                })
            );
        });
    });
}
