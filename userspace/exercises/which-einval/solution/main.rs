// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest rings the doorbells of two queues: it writes a queue's number to a port. The VM itself tells the
//! program, by a doorbell for each queue; no exit is needed.
//!
//! Each line of the input is a number for the guest to write. At the end the program prints how often
//! each doorbell was rung.

mod doorbell;

use std::io::stdin;

use anyhow::bail;
use kvm_ioctls::{VcpuExit, VcpuFd};
use pairs::Memory;

use doorbell::Doorbell;

// AL is the number.
pairs::guest!(
    r"
.again:
    out 0x10, al
    hlt
    jmp .again
    "
);

/// A slot must begin at a page boundary.
const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x1000;

/// The number of queues.
const QUEUES: u64 = 2;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(MEMORY_SIZE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;

    let mut doorbells = Vec::new();
    for queue in 0..QUEUES {
        let doorbell = Doorbell::new()?;
        doorbell.connect(&vm, queue)?;
        doorbells.push(doorbell);
    }

    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;
    for line in stdin().lines() {
        write(&mut vcpu, line?.parse()?)?;
    }
    for (queue, doorbell) in doorbells.iter().enumerate() {
        println!("queue {queue}: rung {} times", doorbell.rung()?);
    }
    Ok(())
}

/// Makes the guest write this number, and prints the exit, if there is one.
fn write(vcpu: &mut VcpuFd, number: u8) -> anyhow::Result<()> {
    let mut regs = vcpu.get_regs()?;
    regs.rax = number.into();
    vcpu.set_regs(&regs)?;
    loop {
        match vcpu.run()? {
            VcpuExit::IoOut(port, data) => println!("port {port:#x}: {}", data[0]),
            VcpuExit::Hlt => return Ok(()),
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        }
    }
}
