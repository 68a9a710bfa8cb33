// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stops a guest that does not stop by itself: once before it begins, once while it counts.
//!
//! Then the guest gets the number that the program has read, writes it to a port, and halts.
//! There is nothing to do in this file.

mod kicker;

use std::io::{read_to_string, stdin};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context, anyhow, bail};
use kvm_ioctls::{VcpuExit, VcpuFd};
use nix::errno::Errno;
use pairs::Memory;

use kicker::Kicker;

// Counts in one place of memory until the other one contains a number.
pairs::guest!(
    r"
.count:
    inc dword ptr [0x2000]
    mov al, [0x2004]
    test al, al
    jz .count
    out 0x10, al
    hlt
    "
);

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x2000;
/// The offsets of the two places in the memory.
const COUNT: usize = 0x1000;
const NUMBER: usize = 0x1004;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let number = read_to_string(stdin())?.trim().parse::<NonZeroU8>();
    let number = number.context("the input is to be a number from 1 to 255")?;

    let vm = device.create_vm()?;
    let memory = Arc::new(Memory::new(MEMORY_SIZE)?);
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;

    let (to_us, from_runner) = channel();
    let (to_runner, from_us) = channel();
    let runners = Arc::clone(&memory);
    let runner = thread::spawn(move || run(vcpu, &runners, number, to_us, from_us));
    let kicker = from_runner.recv().context("the thread has no kicker")?;

    // The thread still waits for the second message, so this kick comes before its KVM_RUN.
    kicker.kick()?;
    to_runner.send(())?;

    let count = memory.dword(COUNT)?;
    while count.load(Relaxed) == 0 && !runner.is_finished() {
        thread::yield_now();
    }
    // The guest counts, so this kick comes during KVM_RUN.
    kicker.kick()?;
    runner.join().map_err(|_| anyhow!("the thread panicked"))?
}

/// Runs the vCPU, in its own thread.
fn run(
    mut vcpu: VcpuFd,
    memory: &Memory,
    number: NonZeroU8,
    to_main: Sender<Arc<Kicker>>,
    from_main: Receiver<()>,
) -> anyhow::Result<()> {
    let kicker = Arc::new(Kicker::of_this_thread(&vcpu)?);
    to_main.send(Arc::clone(&kicker))?;
    from_main.recv()?;

    for when in ["before KVM_RUN", "during KVM_RUN"] {
        let answer = match vcpu.run() {
            Ok(exit) => format!("{exit:?}"),
            Err(error) => format!("{:?}", Errno::from_raw(error.errno())),
        };
        let count = match memory.dword(COUNT)?.load(Relaxed) {
            0 => "has not counted",
            _ => "has counted",
        };
        println!("kicked {when}: {answer}; the guest {count}");
        kicker.forget();
    }

    memory
        .dword(NUMBER)?
        .store(u8::from(number).into(), Relaxed);
    loop {
        match vcpu.run()? {
            VcpuExit::IoOut(port, data) => println!("port {port:#x}: {}", data[0]),
            VcpuExit::Hlt => return Ok(()),
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        }
    }
}
