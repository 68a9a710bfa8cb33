// SPDX-License-Identifier: MIT OR Apache-2.0

//! Instructions of a guest in protected or long mode that access a port or a device's
//! memory (MMIO): the kernel emulates each of them, with the same result as KVM's emulator.

use guest_tests::kvm::{Exit, Machine, Mode, on_hardware, same_on_hardware};
use guest_tests::{code32, code64};
use kvm_bindings::kvm_regs;

/// Runs a guest to its `hlt`, and answers reads with 0x81,
/// 0x82 and so on. Returns the exits and the registers.
fn trace(machine: &mut Machine) -> (Vec<Exit>, kvm_regs) {
    let mut exits = Vec::new();
    let mut answer = (0x81..=0xff).cycle();
    loop {
        let exit = machine.run().unwrap();
        let length = match &exit {
            Exit::In { size, count, .. } => *size as usize * *count as usize,
            Exit::Read { length, .. } => *length as usize,
            _ => 0,
        };
        let bytes: Vec<u8> = answer.by_ref().take(length).collect();
        machine.answer(&bytes);
        let over = !matches!(
            exit,
            Exit::In { .. } | Exit::Out { .. } | Exit::Read { .. } | Exit::Write { .. }
        );
        exits.push(exit);
        if over || exits.len() > 200 {
            return (exits, machine.regs());
        }
    }
}

/// The address of the device's memory: 2 GiB, which the page tables map at 1 GiB.
fn device_at(mode: Mode) -> u64 {
    if mode == Mode::Protected {
        0x8000_0000
    } else {
        0x4000_0000
    }
}

fn run32(code: &'static [u8]) {
    for mode in Mode::BITS32 {
        println!("{mode:?}");
        same_on_hardware(|device| {
            let mut machine = Machine::in_mode(device, mode, code);
            machine.change_regs(|regs| regs.rbx = device_at(mode));
            let (exits, regs) = trace(&mut machine);
            assert_eq!(exits.last(), Some(&Exit::Halt), "{exits:x?}");
            (exits, regs)
        });
    }
}

fn run64(code: &'static [u8]) {
    same_on_hardware(|device| {
        let mut machine = Machine::in_mode(device, Mode::Long, code);
        machine.change_regs(|regs| regs.rbx = device_at(Mode::Long));
        let (exits, regs) = trace(&mut machine);
        assert_eq!(exits.last(), Some(&Exit::Halt), "{exits:x?}");
        (exits, regs)
    });
}

#[test]
fn port_io() {
    run32(code32![
        "mov eax, 0xaabbccdd",
        "mov edx, 0x3f8",
        "out dx, eax",
        "out 0x10, ax",
        "out 0x7e, al",
        "in eax, dx",
        "mov esi, eax",
        "in al, 0x20",
        "in ax, 0x30",
        "hlt"
    ]);
    run64(code64![
        "mov rax, 0x11223344aabbccdd",
        "mov edx, 0x3f8",
        "out dx, eax",
        "out 0x10, ax",
        "out 0x7e, al",
        "in al, 0x20",
        "mov rsi, rax",
        "in ax, 0x30",
        "mov rdi, rax",
        "in eax, dx",
        "hlt"
    ]);
}

#[test]
fn moves_of_a_devices_memory() {
    run32(code32![
        "mov eax, [ebx]",
        "mov esi, eax",
        "mov cx, [ebx + 6]",
        "mov edi, 0x10",
        "mov dh, [ebx + edi * 2 - 0x11]",
        "mov [ebx + 0x10], eax",
        "mov [ebx + 0x21], cx",
        "mov [ebx + 0x40], dh",
        "mov dword ptr [ebx + 8], 0x11223344",
        "mov byte ptr [ebx + 1], 0x55",
        "movzx edi, byte ptr [ebx]",
        "movsx edx, byte ptr [ebx]",
        "movsx ebp, word ptr [ebx + 2]",
        "mov ecx, 0x1000",
        "movzx ecx, word ptr [ebx + ecx * 8]",
        "hlt"
    ]);
    run64(code64![
        "mov rax, [rbx]",
        "mov r12, rax",
        "mov r9w, [rbx + 6]",
        "mov ch, [rbx]",
        "mov sil, [rbx + 1]",
        "mov [rbx + 0x10], rax",
        "mov [rbx + 0x20], r9d",
        "mov [rbx + 0x40], ch",
        "mov [rbx + 3], sil",
        "mov qword ptr [rbx + 8], -2",
        "mov word ptr [rbx + 9], 0x1122",
        "movzx r10d, byte ptr [rbx]",
        "movsx r11, byte ptr [rbx]",
        "movsxd rdi, dword ptr [rbx + 4]",
        "mov rbp, rbx",
        "mov edx, [rbp + 0x30]",
        "xor r13d, r13d",
        "mov r14, [rbx + r13 * 4 + 0x50]",
        "mov [rip + 0x3fffefff], eax",
        "hlt"
    ]);
}

#[test]
fn arithmetic_on_a_devices_memory() {
    run32(code32![
        "mov eax, 0x7f808081",
        "add [ebx], eax",
        "pushfd",
        "pop edx",
        "adc eax, [ebx]",
        "pushfd",
        "pop esi",
        "cmp dword ptr [ebx], 5",
        "pushfd",
        "pop ecx",
        "and word ptr [ebx], 0x0ff0",
        "or byte ptr [ebx], 0xf",
        "xor [ebx], ah",
        "sbb [ebx], eax",
        "sub eax, [ebx + 4]",
        "pushfd",
        "pop ebp",
        "test byte ptr [ebx], 0x80",
        "pushfd",
        "pop edi",
        "inc dword ptr [ebx]",
        "dec word ptr [ebx]",
        "not byte ptr [ebx]",
        "neg dword ptr [ebx]",
        "xchg [ebx], eax",
        "lock or dword ptr [ebx], 1",
        "test [ebx], ax",
        "hlt"
    ]);
    run64(code64![
        "mov rax, 0x7f80808182838485",
        "add [rbx], rax",
        "pushfq",
        "pop rdx",
        "adc rax, [rbx]",
        "pushfq",
        "pop rsi",
        "cmp qword ptr [rbx], 5",
        "pushfq",
        "pop rcx",
        "and word ptr [rbx], 0x0ff0",
        "xor [rbx], r8b",
        "sbb [rbx], rax",
        "sub rax, [rbx + 4]",
        "pushfq",
        "pop rbp",
        "test byte ptr [rbx], 0x80",
        "pushfq",
        "pop rdi",
        "inc qword ptr [rbx]",
        "dec word ptr [rbx]",
        "not qword ptr [rbx]",
        "neg dword ptr [rbx]",
        "xchg [rbx], r10",
        "lock or dword ptr [rbx], 1",
        "hlt"
    ]);
}

#[test]
fn string_instructions() {
    run32(code32![
        "cld",
        "mov edi, ebx",
        "mov ecx, 3",
        "mov eax, 0x11223344",
        "rep stosd",
        "mov esi, ebx",
        "lodsb",
        "lodsw",
        "mov edi, 0x9000",
        "mov ecx, 2",
        "rep movsb",
        "std",
        "mov edi, 0x9010",
        "movsw",
        "mov esi, [0x9000]",
        "hlt"
    ]);
    run64(code64![
        "cld",
        "mov rdi, rbx",
        "mov ecx, 3",
        "mov rax, 0x1122334455667788",
        "rep stosq",
        "mov rsi, rbx",
        "lodsq",
        "mov edi, 0x9000",
        "mov ecx, 2",
        "rep movsb",
        "movsq",
        "mov rsi, [0x9000]",
        "hlt"
    ]);
}

#[test]
fn string_ports() {
    run32(code32![
        "cld",
        "mov edx, 0x3f8",
        "mov dword ptr [0x9000], 0x44332211",
        "mov esi, 0x9000",
        "mov ecx, 4",
        "rep outsb",
        "mov edi, 0x9100",
        "mov ecx, 5",
        "rep insb",
        "insd",
        "insw",
        "mov ecx, 0x200",
        "mov edi, 0x9ff8",
        "rep insw",
        "mov eax, [0x9100]",
        "mov ebx, [0x9104]",
        "hlt"
    ]);
    run64(code64![
        "cld",
        "mov edx, 0x3f8",
        "mov dword ptr [0x9000], 0x44332211",
        "mov esi, 0x9000",
        "mov ecx, 4",
        "rep outsb",
        "mov edi, 0x9100",
        "mov ecx, 5",
        "rep insb",
        "insd",
        "outsw",
        "mov rax, [0x9100]",
        "hlt"
    ]);
}

/// An address above 4 GiB, in the guest and on the bus.
#[test]
fn beyond_four_gigabytes() {
    on_hardware(|device| {
        let code = code64![
            "mov rdi, 0x200000008",
            "mov [rdi], eax",
            "mov rax, [rdi]",
            "hlt"
        ];
        let mut machine = Machine::in_mode(device, Mode::Long, code);
        let (exits, _) = trace(&mut machine);
        let address = 0x1_0000_0008;
        let expected = [
            Exit::write(address, &[0; 4]),
            Exit::Read { address, length: 8 },
            Exit::Halt,
        ];
        assert_eq!(exits, expected);
    });
}
