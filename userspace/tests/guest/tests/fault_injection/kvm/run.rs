// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_RUN`, from the guest's first instruction to its last.

use guest_tests::code;
use guest_tests::fault::each_failure_on_both_or;
use guest_tests::kvm::{CODE, Exit, Machine, Memory, PAGE, STACK};
use kvm_bindings::KVM_MEM_LOG_DIRTY_PAGES;
use nix::errno::Errno;

/// Runs the guest until it halts, and answers what it asks for.
fn run(machine: &mut Machine) -> nix::Result<()> {
    loop {
        match machine.run()? {
            Exit::Halt => return Ok(()),
            Exit::In { .. } | Exit::Read { .. } => machine.answer(&[1]),
            Exit::Out { .. } | Exit::Write { .. } => {}
            // The guest's next run starts over, as if there had been no failure.
            Exit::EmulationFailure { .. } => {
                machine.start_at(CODE, STACK);
                return Err(Errno::EIO);
            }
            exit => panic!("{exit:?}"),
        }
    }
}

/// Both return this for missing memory. KVM's guest accesses its memory by
/// the CPU, hiboma's by the kernel, and the kernel's accesses fail here.
const FURTHER: &[Errno] = &[Errno::EFAULT];

fn each_failure_of(code: &'static [u8]) {
    each_failure_on_both_or(FURTHER, |device| Machine::new(device, code), run);
}

#[test]
fn an_instruction() {
    each_failure_of(code!["hlt"]);
}

#[test]
fn port_io() {
    each_failure_of(code!["in al, 0x10", "out 0x11, al", "hlt"]);
}

#[test]
fn mmio() {
    each_failure_of(code![
        "mov ax, 0x1000",
        "mov ds, ax",
        "mov al, [0x6000]",
        "mov [0x6001], al",
        "hlt"
    ]);
}

#[test]
fn memory_that_is_touched_for_the_first_time() {
    each_failure_of(code!["mov al, [0x5000]", "mov [0x6000], al", "hlt"]);
}

#[test]
fn an_atomic_instruction() {
    each_failure_of(code!["lock inc word ptr [0x6000]", "hlt"]);
}

#[test]
fn writes_that_are_logged() {
    each_failure_on_both_or(
        FURTHER,
        |device| {
            let code = code!["mov ax, 0x1000", "mov ds, ax", "mov [0], al", "hlt"];
            let machine = Machine::new(device, code);
            let memory = Memory::new(PAGE);
            machine.add_slot(1, KVM_MEM_LOG_DIRTY_PAGES, 0x1_0000, &memory);
            (machine, memory)
        },
        |(machine, _)| run(machine),
    );
}
