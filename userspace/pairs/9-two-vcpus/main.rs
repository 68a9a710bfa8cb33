// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 9: run two vCPUs of one VM, each in a thread of its own.

use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use anyhow::{anyhow, ensure};
use kvm_ioctls::{VcpuExit, VcpuFd};
use pairs::Memory;

// ANCHOR: guest
// Waits until the other vCPU has arrived, and then counts while the other counts too.
pairs::guest!(
    r"
    lock inc dword ptr [0x2000]
.arriving:
    cmp dword ptr [0x2000], 2
    jne .arriving

    mov cx, 20000
.counting:
    lock inc dword ptr [0x2004]
    loop .counting
    hlt
    "
);
// ANCHOR_END: guest

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x2000;
/// The address of the second of the guest's two numbers.
const COUNT: u64 = 0x2004;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(MEMORY_SIZE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;

    // ANCHOR: threads
    let mut threads = Vec::new();
    for id in 0..2 {
        let vcpu = vm.create_vcpu(id)?;
        pairs::start_at(&vcpu, GUEST_ADDRESS)?;
        threads.push(thread::spawn(move || run(vcpu)));
    }
    for (id, thread) in threads.into_iter().enumerate() {
        thread
            .join()
            .map_err(|_| anyhow!("thread {id} panicked"))??;
        println!("vcpu {id} has halted");
    }
    // ANCHOR_END: threads

    let count = memory.dword((COUNT - GUEST_ADDRESS) as usize)?;
    println!("counted: {}", count.load(Relaxed));
    Ok(())
}

fn run(mut vcpu: VcpuFd) -> anyhow::Result<()> {
    let exit = vcpu.run()?;
    ensure!(
        matches!(exit, VcpuExit::Hlt),
        "the guest stopped for a reason it should not have: {exit:?}"
    );
    Ok(())
}
