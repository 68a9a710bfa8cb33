// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest with a kernel and a user program: rings, system calls, page permissions.

use guest_tests::code64;
use guest_tests::kvm::{Device, Exit, Machine, Mode, on_hardware};

/// Null, the kernel's 64-bit code and data; null, the user's data and 64-bit code.
const GDT: [u64; 6] = [
    0,
    0x00af_9b00_0000_ffff,
    0x00cf_9300_0000_ffff,
    0,
    0x00cf_f300_0000_ffff,
    0x00af_fb00_0000_ffff,
];

/// Creates a VM whose kernel starts this program in ring 3. A system
/// call writes AL to port 0xe9, or halts if AL is 0. An exception writes
/// its vector to port 0xee, with the first qword of its frame in RBX.
fn machine(device: &Device, program: &[u8]) -> Machine {
    let kernel = code64![
        // STAR, LSTAR and SFMASK.
        "mov ecx, 0xc0000081",
        "xor eax, eax",
        "mov edx, 0x001b0008",
        "wrmsr",
        "mov ecx, 0xc0000082",
        "mov eax, 0x1800",
        "xor edx, edx",
        "wrmsr",
        "mov ecx, 0xc0000084",
        "mov eax, 0x200",
        "wrmsr",
        // KERNEL_GS_BASE, and the task register: its TSS has the exceptions' stack.
        "mov ecx, 0xc0000102",
        "mov eax, 0x9000",
        "wrmsr",
        "mov ax, 0x30",
        "ltr ax",
        "mov rcx, 0xa000",
        "mov r11, 0x202",
        "mov rsp, 0x7800",
        ".byte 0x48, 0x0f, 0x07"
    ];
    let system_call = code64![
        "swapgs",
        "mov gs:[8], rsp",
        "mov rsp, 0x7000",
        "push rcx",
        "test al, al",
        "jz 2f",
        "out 0xe9, al",
        "pop rcx",
        "mov rsp, gs:[8]",
        "swapgs",
        ".byte 0x48, 0x0f, 0x07",
        "2:",
        "hlt"
    ];
    let machine = Machine::in_mode(device, Mode::Long, kernel);
    let memory = &machine.memory;
    memory.write(0x1800, system_call);
    memory.write(0xa000, program);
    for (index, descriptor) in GDT.iter().enumerate() {
        memory.write(0x1c00 + 8 * index, &descriptor.to_le_bytes());
    }
    // A TSS at 0x1e00, whose RSP0 is 0x7400.
    memory.write(0x1c30, &0x0000_8900_1e00_0067_u64.to_le_bytes());
    memory.write(0x1e04, &0x7400_u64.to_le_bytes());
    // No port is allowed: the I/O permission map is beyond the TSS's limit.
    memory.write(0x1e66, &0x68_u16.to_le_bytes());
    for (vector, at) in [(6, 0x1900), (13, 0x1920), (14, 0x1940)] {
        let gate = [0x8e00_0008_0000 | at as u64, 0];
        let bytes: Vec<u8> = gate.iter().flat_map(|it| it.to_le_bytes()).collect();
        memory.write(0xb000 + 16 * vector, &bytes);
    }
    memory.write(
        0x1900,
        code64!["pop rbx", "mov al, 6", "out 0xee, al", "hlt"],
    );
    memory.write(
        0x1920,
        code64!["pop rbx", "mov al, 13", "out 0xee, al", "hlt"],
    );
    memory.write(
        0x1940,
        code64![
            "pop rbx",
            "mov rdi, cr2",
            "mov al, 14",
            "out 0xee, al",
            "hlt"
        ],
    );
    machine.change_sregs(|sregs| {
        (sregs.gdt.base, sregs.gdt.limit) = (0x1c00, 0x3f);
        (sregs.idt.base, sregs.idt.limit) = (0xb000, 0xfff);
    });
    machine
}

#[test]
fn system_calls() {
    on_hardware(|device| {
        let program = code64![
            "mov eax, 3",
            "cvtsi2sd xmm0, eax",
            "addsd xmm0, xmm0",
            "cvttsd2si eax, xmm0",
            "add al, 'a'",
            "mov ebx, eax",
            "syscall",
            "mov eax, ebx",
            "add al, 1",
            "syscall",
            "xor eax, eax",
            "syscall"
        ];
        let mut machine = machine(device, program);
        assert_eq!(machine.run(), Ok(Exit::out(0xe9, b"g")));
        assert_eq!(machine.sregs().ss.dpl, 0);
        assert_eq!(machine.run(), Ok(Exit::out(0xe9, b"h")));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn what_only_the_kernel_may() {
    on_hardware(|device| {
        for program in [
            code64!["hlt"],
            code64!["cli"],
            code64!["mov rax, cr0"],
            code64!["rdmsr"],
            code64!["out 0x80, al"],
            code64!["mov rax, 1 << 60", "mov [rax], al"],
        ] {
            let mut machine = machine(device, program);
            assert_eq!(machine.run(), Ok(Exit::out(0xee, &[13])), "{program:x?}");
            assert_eq!(machine.regs().rbx, 0);
        }
        let mut machine = machine(device, code64!["ud2"]);
        assert_eq!(machine.run(), Ok(Exit::out(0xee, &[6])));
    });
}

#[test]
fn a_page_fault() {
    on_hardware(|device| {
        // Nothing is mapped there.
        let mut machine = machine(device, code64!["mov rdi, 0x80000123", "mov [rdi], al"]);
        assert_eq!(machine.run(), Ok(Exit::out(0xee, &[14])));
        let regs = machine.regs();
        assert_eq!((regs.rdi, regs.rbx), (0x8000_0123, 6));
        assert_eq!(machine.sregs().cr2, 0x8000_0123);
    });
}

/// A device's memory is also mapped for user mode. An instruction there that
/// cannot be emulated raises an exception instead of exiting with an error.
#[test]
fn a_device_of_the_users() {
    on_hardware(|device| {
        let program = code64![
            "mov edi, 0x40000000",
            "mov [rdi], edi",
            "fld dword ptr [rdi]"
        ];
        let mut machine = machine(device, program);
        assert_eq!(
            machine.run(),
            Ok(Exit::write(0x8000_0000, &0x4000_0000_u32.to_le_bytes()))
        );
        assert_eq!(machine.run(), Ok(Exit::out(0xee, &[6])));
    });
}

/// The page table does not allow user accesses.
#[test]
fn a_page_of_the_kernels() {
    on_hardware(|device| {
        let mut machine = machine(device, code64!["mov edi, 0x40000000", "mov [rdi], edi"]);
        // The entry for 1 GiB, without the user bit.
        machine.memory.write(0x3008, &0x8000_0083_u64.to_le_bytes());
        assert_eq!(machine.run(), Ok(Exit::out(0xee, &[14])));
        assert_eq!(machine.regs().rbx, 7);
    });
}
