// SPDX-License-Identifier: MIT OR Apache-2.0

//! Prints the pages that a guest has written to.
//!
//! Each line of the input is a page's number and a step. The guest writes to that page, to the one
//! a step further on, and to the one after another step; then the program prints what is dirty.

use std::io::stdin;

use anyhow::{Context, ensure};
use kvm_ioctls::{VcpuExit, VcpuFd, VmFd};
use pairs::Memory;

// AX has the first page, BX the step. The first page follows the last one.
pairs::guest!(
    r"
.again:
    mov cx, 3
.page:
    and ax, 127
    mov dx, ax
    shl dx, 8               // a segment begins every 16 bytes, a page every 0x1000
    add dx, 0x1000
    mov es, dx
    inc byte ptr es:[0]
    add ax, bx
    loop .page
    hlt
    jmp .again
    "
);

const PAGE: usize = 0x1000;
const GUEST_ADDRESS: u64 = 0x1000;

/// The slot whose 128 pages the guest writes to.
const SLOT: u32 = 1;
const SLOT_ADDRESS: u64 = 0x10000;
const SLOT_SIZE: usize = 128 * PAGE;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let code = Memory::new(PAGE)?;
    code.load(guest())?;
    code.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let memory = Memory::new(SLOT_SIZE)?;
    memory.set_region(&vm, SLOT, SLOT_ADDRESS, 0)?;

    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;
    for line in stdin().lines() {
        let line = line?;
        let (first, step) = line
            .split_once(' ')
            .context("a line is two numbers, as in `3 60`")?;
        run(&mut vcpu, first.parse()?, step.parse()?)?;
        println!("dirty: {:?}", dirty_pages(&vm)?);
    }
    Ok(())
}

/// Makes the guest write to three pages.
fn run(vcpu: &mut VcpuFd, first: u64, step: u64) -> anyhow::Result<()> {
    let mut regs = vcpu.get_regs()?;
    (regs.rax, regs.rbx) = (first, step);
    vcpu.set_regs(&regs)?;
    let exit = vcpu.run()?;
    ensure!(
        matches!(exit, VcpuExit::Hlt),
        "the guest stopped for a reason it should not have: {exit:?}"
    );
    Ok(())
}

/// Returns the pages that the guest has written to since the last call.
fn dirty_pages(_vm: &VmFd) -> anyhow::Result<Vec<usize>> {
    // TODO: ask the VM.
    Ok(Vec::new())
}
