// SPDX-License-Identifier: MIT OR Apache-2.0

//! Protected mode, with or without paging, and long mode: hardware supports them, an
//! interpreter of real mode does not. `differences.rs` tests `/dev/hiboma` for that.

use guest_tests::kvm::{CODE, Device, Exit, Machine, Mode, on_hardware};
use guest_tests::{code, code32, code64};

#[test]
fn it_runs() {
    for mode in Mode::BITS32 {
        on_hardware(|device| {
            let code = code32!["mov eax, 0x12345678", "add eax, 0x11111111", "hlt"];
            let mut machine = Machine::in_mode(device, mode, code);
            assert_eq!(machine.run(), Ok(Exit::Halt), "{mode:?}");
            assert_eq!(machine.regs().rax, 0x2345_6789);
            assert_eq!(machine.regs().rip, CODE + code.len() as u64);
        });
    }
}

#[test]
fn sixty_four_bits() {
    on_hardware(|device| {
        let code = code64![
            "mov rax, 0x123456789abcdef0",
            "mov r15, rax",
            "movq xmm3, r15",
            "paddq xmm3, xmm3",
            "movq r9, xmm3",
            "hlt"
        ];
        let mut machine = Machine::in_mode(device, Mode::Long, code);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().r9, 0x2468_acf1_3579_bde0);
    });
}

/// The guest switches itself from real mode to 64-bit mode.
#[test]
fn the_guest_enters_long_mode() {
    on_hardware(|device| {
        let start = code![
            "lgdt [0x1800]",
            "mov eax, cr4",
            "or eax, 0x620",
            "mov cr4, eax",
            "mov eax, 0x2000",
            "mov cr3, eax",
            "mov ecx, 0xc0000080",
            "rdmsr",
            "or eax, 0x100",
            "wrmsr",
            "mov eax, cr0",
            "or eax, 0x80000001",
            "mov cr0, eax",
            ".byte 0x66, 0xea, 0x00, 0x19, 0x00, 0x00, 0x08, 0x00"
        ];
        let long = code64![
            "mov ecx, 0xc0000080",
            "rdmsr",
            "mov edi, eax",
            "mov rax, cr0",
            "mov rsi, rax",
            "mov rax, cr4",
            "mov r8, rax",
            "mov rax, 1 << 40",
            "hlt"
        ];
        let mut machine = Machine::in_mode(device, Mode::Long, start);
        let memory = &machine.memory;
        // The GDT's limit and base; the null descriptor and a 64-bit code segment.
        memory.write(0x1800, &[15, 0, 0x10, 0x18, 0, 0]);
        memory.write(0x1810, &[0; 8]);
        memory.write(0x1818, &0x00af_9b00_0000_ffff_u64.to_le_bytes());
        memory.write(0x1900, long);
        let reset = machine.sregs();
        machine.change_sregs(|sregs| {
            *sregs = kvm_bindings::kvm_sregs {
                cr0: 0x6000_0010,
                cr3: 0,
                cr4: 0,
                efer: 0,
                ..reset
            };
            for segment in [&mut sregs.cs, &mut sregs.ds, &mut sregs.ss] {
                (segment.limit, segment.selector, segment.db, segment.l) = (0xffff, 0, 0, 0);
                segment.g = 0;
            }
        });
        let exit = machine.run();
        let regs = machine.regs();
        assert_eq!(exit, Ok(Exit::Halt), "{regs:x?}");
        assert_eq!(regs.rax, 1 << 40);
        assert_eq!(regs.rdi, 0x500, "EFER");
        assert_eq!(regs.rsi, 0xe000_0011, "CR0");
        assert_eq!(regs.r8, 0x620, "CR4");
    });
}

/// The guest cannot enable a feature that its `cpuid` does not report.
#[test]
fn without_the_feature() {
    fn run(device: &Device, features: u32) -> Exit {
        let code = code32![
            "mov dword ptr [0x7068], 0x00081900",
            "mov dword ptr [0x706c], 0x8e00",
            "mov ecx, 0xc0000080",
            "rdmsr",
            "or eax, 0x100",
            "wrmsr",
            "hlt"
        ];
        let mut machine = Machine::in_mode(device, Mode::Protected, code);
        let leaf = kvm_bindings::kvm_cpuid_entry2 {
            function: 0x8000_0001,
            edx: features,
            ..Default::default()
        };
        let cpuid = kvm_bindings::CpuId::from_entries(&[leaf]).unwrap();
        machine.fd.set_cpuid2(&cpuid).unwrap();
        machine.change_sregs(|sregs| {
            (sregs.idt.base, sregs.idt.limit) = (0x7000, 0x7ff);
            (sregs.gdt.base, sregs.gdt.limit) = (0x1810, 15);
        });
        machine
            .memory
            .write(0x1818, &0x00cf_9b00_0000_ffff_u64.to_le_bytes());
        // The handler of #GP.
        machine.memory.write(0x1900, code32!["out 0x66, al", "hlt"]);
        machine.run().unwrap()
    }
    on_hardware(|device| {
        for features in [0, 1 << 20] {
            assert!(
                matches!(run(device, features), Exit::Out { port: 0x66, .. }),
                "{features:#x}"
            );
        }
    });
}

/// Lowering CR8 exits, because userspace may then have an interrupt to inject.
#[test]
fn a_lower_cr8() {
    const KVM_EXIT_SET_TPR: u32 = 11;
    on_hardware(|device| {
        let code = code64![
            "mov eax, 5",
            "mov cr8, rax",
            "mov eax, 2",
            "mov cr8, rax",
            "mov rdi, cr8",
            "hlt"
        ];
        let mut machine = Machine::in_mode(device, Mode::Long, code);
        assert_eq!(machine.run(), Ok(Exit::Other(KVM_EXIT_SET_TPR)));
        assert_eq!(machine.sregs().cr8, 2);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rdi, 2);
    });
}
