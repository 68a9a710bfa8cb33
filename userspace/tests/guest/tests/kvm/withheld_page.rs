// SPDX-License-Identifier: MIT OR Apache-2.0

//! A vCPU that waits for a page of its memory can be interrupted, and blocks nothing else.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use guest_tests::code;
use guest_tests::kvm::{
    Device, Exit, Machine, Memory, PAGE, Signal, Vcpu, Withheld, as_fd, dirty_log, on_all,
};
use kvm_bindings::KVM_EXIT_INTR;
use nix::errno::Errno;

/// Long enough for anything that does not wait for the page.
const PATIENCE: Duration = Duration::from_secs(20);

/// Creates a guest with this code, and withholds its page at 0x5000.
fn machine(device: &Device, code: &[u8]) -> (Machine, Withheld) {
    let machine = Machine::new(device, code);
    let page = Withheld::page(&machine.memory, 0x5000);
    (machine, page)
}

/// Runs `work` while the vCPU waits for the page, then provides the page.
///
/// # Panics
///
/// Panics if `work` itself had to wait for the page.
fn meanwhile(vcpu: &mut Vcpu, page: &Withheld, work: impl FnOnce() + Send) {
    let (ended, end) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            assert!(page.is_wanted(), "nobody wants the page");
            work();
            // The receiver is gone if `work` took too long.
            let _ = ended.send(());
        });
        let guard = scope.spawn(move || {
            let in_time = end.recv_timeout(PATIENCE).is_ok();
            page.give();
            in_time
        });
        assert_eq!(vcpu.run(), Ok(Exit::Halt));
        assert!(guard.join().expect("it watches"), "it waited for the page");
    });
}

#[test]
fn another_vcpu_runs() {
    on_all(|device| {
        let (mut machine, page) = machine(device, code!["mov al, [0x5000]", "hlt"]);
        machine.memory.write(0x6000, code!["hlt"]);
        let mut other = Vcpu::create(&machine.vm, 1);
        other.start_at(0x6000, 0x8000);
        meanwhile(&mut machine.vcpu, &page, || {
            assert_eq!(other.run(), Ok(Exit::Halt));
        });
    });
}

#[test]
fn a_dirty_log_is_read() {
    on_all(|device| {
        let (mut machine, page) = machine(device, code!["mov al, [0x5000]", "hlt"]);
        let logged = Memory::new(PAGE);
        machine.add_slot(1, 1, 0x10_0000, &logged);
        let vm = as_fd(&machine.vm);
        meanwhile(&mut machine.vcpu, &page, || {
            assert_eq!(dirty_log(vm, 1), Ok(vec![]));
        });
    });
}

/// Sends a signal while the guest waits for the page, which is provided later.
fn a_signal_ends(device: &Device, code: &[u8]) {
    let (mut machine, page) = machine(device, code);
    let page = &page;
    let signal = Signal::to_this_thread();
    let (ended, end) = channel();
    let answer = thread::scope(|scope| {
        scope.spawn(move || {
            assert!(page.is_wanted(), "nobody wants the page");
            signal.send();
            // Without this limit a failing test would wait forever.
            let _ = end.recv_timeout(PATIENCE);
            page.give();
        });
        let answer = machine.run();
        ended.send(()).expect("it is waited for");
        answer
    });
    assert_eq!(answer, Err(Errno::EINTR));
    assert_eq!(machine.exit_reason(), KVM_EXIT_INTR);
    assert_eq!(machine.run(), Ok(Exit::Halt));
}

#[test]
fn a_signal_ends_a_read() {
    on_all(|device| a_signal_ends(device, code!["mov al, [0x5000]", "hlt"]));
}

#[test]
fn a_signal_ends_a_write() {
    on_all(|device| a_signal_ends(device, code!["mov [0x5000], al", "hlt"]));
}

#[test]
fn a_signal_ends_an_atomic_access() {
    on_all(|device| a_signal_ends(device, code!["lock inc word ptr [0x5000]", "hlt"]));
}
