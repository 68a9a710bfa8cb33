// SPDX-License-Identifier: MIT OR Apache-2.0

//! A VM with a keyboard, a serial port, and a device that swaps the case of letters.
//!
//! The program's input is typed on the guest's keyboard. The guest lets the device swap each
//! letter's case, and writes the result to the serial port: that is the program's output.

use std::io::{Write, read_to_string, stdin, stdout};

use anyhow::bail;
use kvm_ioctls::VcpuExit;
use pairs::Memory;

// A 0 from the keyboard is the end of the input.
pairs::guest!(
    r"
    cld
.more:
    mov di, 0x2000
    mov cx, 8
    mov dx, 0x60
    rep insb                // from the keyboard
    mov si, 0x2000
    mov cx, 8
    mov dx, 0x3f8
.letter:
    lodsb
    test al, al
    jz .end
    mov [0x8000], al        // to the swapper
    mov al, [0x8000]        // from the swapper
    out dx, al              // to the serial port
    loop .letter
    jmp .more
.end:
    mov al, '\n'
    out dx, al
    hlt
    "
);

/// The ports.
const KEYBOARD: u16 = 0x60;
const SERIAL: u16 = 0x3f8;

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x2000;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(MEMORY_SIZE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;

    let text = read_to_string(stdin())?;
    let mut keys = text.trim_end().bytes();
    loop {
        match vcpu.run()? {
            // TODO: the keyboard, the swapper, and the end.
            VcpuExit::IoIn(KEYBOARD, data) => data[0] = keys.next().unwrap_or(0),
            VcpuExit::IoOut(SERIAL, data) => stdout().write_all(data)?,
            other => bail!("the guest stopped, and nobody knows what to do for it: {other:?}"),
        }
    }
}
