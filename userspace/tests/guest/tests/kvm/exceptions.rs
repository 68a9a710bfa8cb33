// SPDX-License-Identifier: MIT OR Apache-2.0

//! Exceptions use the vector table at address 0; without a usable table, the vCPU exits.

use guest_tests::code;
use guest_tests::kvm::{CODE, Device, Exit, Machine, STACK, on_all};
use nix::errno::Errno;

const HANDLER: u64 = 0x1500;
const INT3: usize = 3;
const INVALID_OPCODE: usize = 6;

/// Creates a VM whose handler for this vector is a `hlt`.
fn handling(device: &Device, vector: usize, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    machine.memory.write(4 * vector, &[0x00, 0x15, 0, 0]);
    machine.memory.write(HANDLER as usize, code!["hlt"]);
    machine
}

/// Returns IP, CS and FLAGS from the frame of the interrupted code.
fn frame(machine: &Machine) -> [u16; 3] {
    let stack = machine.memory.read(STACK as usize - 6, 6);
    [0, 2, 4].map(|at| u16::from_le_bytes([stack[at], stack[at + 1]]))
}

#[test]
fn a_software_interrupt_returns_behind_it() {
    on_all(|device| {
        let mut machine = handling(device, INT3, code!["sti", "int3", "hlt"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let regs = machine.regs();
        assert_eq!(
            (regs.rip, regs.rsp, regs.rflags),
            (HANDLER + 1, STACK - 6, 2)
        );
        assert_eq!(frame(&machine), [0x1002, 0, 0x202]);
    });
}

#[test]
fn a_fault_returns_to_it() {
    on_all(|device| {
        let mut machine = handling(device, INVALID_OPCODE, code!["nop", "ud2"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, HANDLER + 1);
        assert_eq!(frame(&machine), [0x1001, 0, 2]);
    });
}

/// The double fault cannot be delivered either, so this is a triple fault.
#[test]
fn an_exception_without_a_vector_table_is_a_shutdown() {
    on_all(|device| {
        let code = code!["mov ax, 0x1234", "int3"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.idt.limit = 0);
        assert_eq!(machine.run(), Ok(Exit::Shutdown));

        // The vCPU is reset, as a mainboard would do after a shutdown.
        let regs = machine.regs();
        assert_eq!(
            (regs.rip, regs.rax, regs.rdx, regs.rsp),
            (0xfff0, 0, 0x600, 0)
        );
        let sregs = machine.sregs();
        assert_eq!((sregs.cs.base, sregs.cs.selector), (0xffff_0000, 0xf000));
        assert_eq!((sregs.idt.base, sregs.idt.limit), (0, 0xffff));
        assert_eq!(sregs.cr0, 0x6000_0010);
        assert_eq!(machine.fd.get_mp_state().unwrap().mp_state, 0);
    });
}

/// After a shutdown KVM has no nested page table loaded; a change of CR0 makes KVM load it again.
#[test]
fn after_a_shutdown_the_vcpu_can_be_set_up_anew() {
    on_all(|device| {
        let code = code!["int3", "nop", "out 0x10, al", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.idt.limit = 0);
        assert_eq!(machine.run(), Ok(Exit::Shutdown));
        machine.change_sregs(|sregs| sregs.cr0 = 0x10);
        machine.start_at(CODE + 2, STACK);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

const DIVIDE_ERROR: usize = 0;
const DEBUG: usize = 1;
const TF: u64 = 1 << 8;

/// Creates a VM whose first instruction has read 0 from userspace and has completed
/// with an exception: the exception of this vector is pending, and not delivered yet.
fn pending(device: &Device, vector: usize, code: &[u8], rflags: u64) -> Machine {
    let mut machine = handling(device, vector, code);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    machine.change_regs(|regs| regs.rflags |= rflags);
    let (address, length) = (0x20010, 1);
    assert_eq!(machine.run(), Ok(Exit::Read { address, length }));
    machine.answer(&[0]);
    machine.immediate_exit(1);
    assert_eq!(machine.run(), Err(Errno::EINTR));
    machine.immediate_exit(0);
    machine
}

/// After a fault, RIP is at the instruction; the next entry calls the handler.
#[test]
fn a_fault_may_be_pending() {
    on_all(|device| {
        let code = code!["div byte ptr [0x10]", "hlt"];
        let mut machine = pending(device, DIVIDE_ERROR, code, 0);
        assert_eq!(machine.regs().rip, CODE);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, HANDLER + 1);
        assert_eq!(frame(&machine)[0], CODE as u16);
    });
}

/// `KVM_SET_REGS` drops the pending fault, so the instruction runs again.
#[test]
fn set_regs_drops_a_pending_fault() {
    on_all(|device| {
        let code = code!["div byte ptr [0x10]", "hlt"];
        let mut machine = pending(device, DIVIDE_ERROR, code, 0);
        machine.change_regs(|regs| regs.rax = 6);
        let (address, length) = (0x20010, 1);
        assert_eq!(machine.run(), Ok(Exit::Read { address, length }));
        machine.answer(&[2]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let regs = machine.regs();
        assert_eq!((regs.rip, regs.rax), (CODE + 5, 3));
    });
}

/// After a single-step trap, RIP is behind the instruction.
#[test]
fn a_trap_may_be_pending() {
    on_all(|device| {
        let code = code!["mov al, [0x10]", "hlt"];
        let mut machine = pending(device, DEBUG, code, TF);
        assert_eq!(machine.regs().rip, CODE + 3);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, HANDLER + 1);
        assert_eq!(frame(&machine), [CODE as u16 + 3, 0, 0x102]);
    });
}

/// The exit comes first; the next `KVM_RUN` starts the handler.
#[test]
fn the_trap_of_hlt_comes_after_the_exit() {
    on_all(|device| {
        let mut machine = handling(device, DEBUG, code!["hlt", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= TF);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, CODE + 1);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, HANDLER + 1);
        assert_eq!(frame(&machine), [CODE as u16 + 1, 0, 0x102]);
    });
}

/// `KVM_SET_REGS` drops the trap, and it does not occur again for this instruction.
#[test]
fn set_regs_drops_a_pending_trap() {
    on_all(|device| {
        let code = code!["mov al, [0x10]", "hlt"];
        let mut machine = pending(device, DEBUG, code, TF);
        machine.change_regs(|regs| regs.rflags = 2);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, CODE + 4);
    });
}
