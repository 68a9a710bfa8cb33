// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 11: be the serial port, the keyboard and the screen of a guest that is worth watching.

mod guest;
mod keyboard;
mod screen;

use anyhow::bail;
use kvm_ioctls::VcpuExit;
use pairs::Memory;

use keyboard::Keyboard;
use screen::Screen;

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x2000;

const SERIAL_PORT: u16 = 0x3f8;
const KEYBOARD_PORT: u16 = 0x60;
const SCREEN_PORT: u16 = 0x3da;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(MEMORY_SIZE)?;
    memory.load(guest::guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let mut vcpu = vm.create_vcpu(0)?;
    pairs::start_at(&vcpu, GUEST_ADDRESS)?;

    let mut keyboard = Keyboard::new()?;
    let mut screen = Screen::new();
    loop {
        match vcpu.run()? {
            VcpuExit::IoOut(SERIAL_PORT, data) => screen.print(data)?,
            VcpuExit::IoIn(KEYBOARD_PORT, data) => {
                screen.show()?;
                data.fill(keyboard.key()?);
            }
            VcpuExit::IoIn(SCREEN_PORT, _) => screen.show_moving()?,
            VcpuExit::MmioWrite(address, data) => screen.write(address, data)?,
            VcpuExit::Hlt => return Ok(()),
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        }
    }
}
