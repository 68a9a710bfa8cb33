// SPDX-License-Identifier: MIT OR Apache-2.0

//! A CPU goes offline while a vCPU runs on it: the guest continues on another CPU.

use std::fs;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, Memory, on_each};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// The guest increments `COUNTER` until `STOP` is not 0.
const COUNTER: usize = 0x3000;
const STOP: usize = 0x3004;

/// CPU 1, kept offline until this is dropped.
struct Offline;

impl Offline {
    fn new() -> Self {
        set_online("0");
        Offline
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        set_online("1");
    }
}

fn set_online(value: &str) {
    fs::write("/sys/devices/system/cpu/cpu1/online", value).expect("CPU 1 can go offline");
}

fn run_on_cpu_1() {
    let mut cpus = CpuSet::new();
    cpus.set(1).unwrap();
    sched_setaffinity(Pid::from_raw(0), &cpus).unwrap();
}

/// Waits until the guest counts further, or returns false: a stuck guest must not hang the test.
fn counts_on(memory: &Memory) -> bool {
    let counter = || memory.atomic(COUNTER).load(Ordering::Relaxed);
    let (before, since) = (counter(), Instant::now());
    while counter() == before && since.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(1));
    }
    counter() != before
}

#[test]
fn a_guest_goes_on_elsewhere() {
    on_each(|device| {
        let code = code![
            "2: inc dword ptr [0x3000]",
            "cmp byte ptr [0x3004], 0",
            "je 2b",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        let Machine { vcpu, memory, .. } = &mut machine;
        thread::scope(|scope| {
            let guest = scope.spawn(|| {
                run_on_cpu_1();
                vcpu.run()
            });
            let mut went_on = vec![counts_on(memory)];
            let offline = Offline::new();
            went_on.push(counts_on(memory));
            drop(offline);
            went_on.push(counts_on(memory));
            memory.atomic(STOP).store(1, Ordering::Relaxed);
            assert_eq!(guest.join().unwrap(), Ok(Exit::Halt));
            assert_eq!(went_on, [true; 3]);
        });
    });
}
