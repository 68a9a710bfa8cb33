// SPDX-License-Identifier: MIT OR Apache-2.0

//! Several vCPUs of one VM, each in its own thread.

use std::thread;

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, STACK, Vcpu, on_all};

/// Runs the VM's code on its first vCPU and on another one at the same time.
fn on_two(machine: &mut Machine) -> [nix::Result<Exit>; 2] {
    let mut other = Vcpu::create(&machine.vm, 1);
    other.start_at(CODE, STACK - 0x1000);
    thread::scope(|scope| {
        let other = scope.spawn(move || other.run());
        [machine.vcpu.run(), other.join().unwrap()]
    })
}

#[test]
fn they_run_at_the_same_time() {
    on_all(|device| {
        // Each vCPU waits for the other.
        let code = code![
            "lock inc byte ptr [0x3000]",
            "2: cmp byte ptr [0x3000], 2",
            "jne 2b",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        assert_eq!(on_two(&mut machine), [Ok(Exit::Halt), Ok(Exit::Halt)]);
    });
}

#[test]
fn a_locked_instruction_is_one() {
    on_all(|device| {
        let code = code![
            "mov cx, 10000",
            "2: lock inc dword ptr [0x3000]",
            "lock xadd dword ptr [0x3004], eax",
            "mov eax, 3",
            "loop 2b",
            "hlt",
        ];
        let mut machine = Machine::new(device, code);
        assert_eq!(on_two(&mut machine), [Ok(Exit::Halt), Ok(Exit::Halt)]);
        assert_eq!(machine.memory.dword(0x3000), 20000);
        assert_eq!(machine.memory.dword(0x3004), 2 * 3 * 9999);
    });
}

/// `xchg` is atomic without `lock`; the update that the spinlock guards is not.
#[test]
fn a_spinlock_of_xchg_guards_a_counter() {
    on_all(|device| {
        let code = code![
            "mov cx, 5000",
            "2: mov al, 1",
            "3: xchg al, [0x3000]",
            "test al, al",
            "jnz 3b",
            "mov ebx, [0x3004]",
            "inc ebx",
            "mov [0x3004], ebx",
            "mov byte ptr [0x3000], 0",
            "loop 2b",
            "hlt",
        ];
        let mut machine = Machine::new(device, code);
        assert_eq!(on_two(&mut machine), [Ok(Exit::Halt), Ok(Exit::Halt)]);
        assert_eq!(machine.memory.dword(0x3004), 10000);
    });
}

/// One vCPU waits for userspace, and the other one continues.
#[test]
fn an_exit_of_one_does_not_stop_the_other() {
    on_all(|device| {
        let code = code!["in al, 0x10", "hlt"];
        let mut machine = Machine::new(device, code);
        let mut other = Vcpu::create(&machine.vm, 1);
        other.start_at(CODE, STACK);
        assert!(matches!(machine.run(), Ok(Exit::In { .. })));
        assert!(matches!(other.run(), Ok(Exit::In { .. })));
        other.answer(&[2]);
        machine.answer(&[1]);
        assert_eq!(other.run(), Ok(Exit::Halt));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!((machine.regs().rax, other.regs().rax), (1, 2));
    });
}

/// All vCPUs write to the same memory slot.
#[test]
fn eight_at_once() {
    on_all(|device| {
        let code = code![
            "mov cx, 1000",
            "2: lock inc dword ptr [0x3000]",
            "loop 2b",
            "hlt"
        ];
        let machine = Machine::new(device, code);
        thread::scope(|scope| {
            for id in 1..9 {
                let mut vcpu = Vcpu::create(&machine.vm, id);
                vcpu.start_at(CODE, STACK);
                scope.spawn(move || assert_eq!(vcpu.run(), Ok(Exit::Halt)));
            }
        });
        assert_eq!(machine.memory.dword(0x3000), 8000);
    });
}
