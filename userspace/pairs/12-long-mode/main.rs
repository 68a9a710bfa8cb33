// SPDX-License-Identifier: MIT OR Apache-2.0

//! Step 12: a guest goes from real mode through protected mode to long mode, as a kernel does when
//! it starts.

use anyhow::bail;
use kvm_bindings::{KVM_MAX_CPUID_ENTRIES, kvm_sregs};
use kvm_ioctls::VcpuExit;
use pairs::Memory;

// ANCHOR: guest
// After each change of mode, `out` causes an exit, so that the program can print the mode.
pairs::guest!(
    r"
    .set code, 0x1000
    .set pml4, 0x2000
    .set pdpt, 0x3000
    .set pd, 0x4000
    .set gdt, code + 0x80
    .set gdtr, gdt + 24

    out 0x10, al

    // One page of 2 MiB, at the address that it has without paging.
    mov dword ptr [pml4], pdpt + 3          // present, writable
    mov dword ptr [pdpt], pd + 3
    mov dword ptr [pd], 0x83                // and a large page

    lgdt [gdtr]
    mov eax, cr0
    or al, 1                                // PE
    mov cr0, eax
    .byte 0xea                              // jmp 8:.protected, which loads CS
    .word .protected - guest_begin + code, 8

    .code32
.protected:
    out 0x10, al
    mov eax, cr4
    or eax, 1 << 5                          // PAE
    mov cr4, eax
    mov eax, pml4
    mov cr3, eax
    mov ecx, 0xc0000080                     // EFER
    rdmsr
    or eax, 1 << 8                          // LME
    wrmsr
    mov eax, cr0
    or eax, 1 << 31                         // PG: from here on, EFER has LMA as well
    mov cr0, eax
    out 0x10, al
    .byte 0xea                              // jmp 16:.long
    .long .long - guest_begin + code
    .word 16

    .code64
.long:
    mov rax, 0x123456789abcdef
    mov r15, rax
    bswap r15
    out 0x10, al
    hlt

    .org guest_begin + 0x80
    .quad 0
    .quad 0x00cf9b000000ffff                // 8: code of 32 bits, 4 GiB
    .quad 0x00af9b000000ffff                // 16: code of 64 bits
    .word gdtr - gdt - 1                    // for `lgdt`: the limit, and the address
    .long gdt
    "
);
// ANCHOR_END: guest

const GUEST_ADDRESS: u64 = 0x1000;
const MEMORY_SIZE: usize = 0x4000;

const CR0_PE: u64 = 1 << 0;
const EFER_LMA: u64 = 1 << 10;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(MEMORY_SIZE)?;
    memory.load(guest())?;
    memory.set_region(&vm, 0, GUEST_ADDRESS, 0)?;
    let mut vcpu = vm.create_vcpu(0)?;

    // ANCHOR: cpuid
    // Without LM in its CPUID, the vCPU has no long mode: a WRMSR that sets LME raises #GP.
    let cpuid = device.get_supported_cpuid(KVM_MAX_CPUID_ENTRIES)?;
    vcpu.set_cpuid2(&cpuid)?;
    // ANCHOR_END: cpuid

    pairs::start_at(&vcpu, GUEST_ADDRESS)?;
    loop {
        match vcpu.run()? {
            VcpuExit::IoOut(..) => print_mode(&vcpu.get_sregs()?),
            VcpuExit::Hlt => break,
            other => bail!("the guest stopped for a reason it should not have: {other:?}"),
        }
    }
    println!("r15 {:#x}", vcpu.get_regs()?.r15);
    Ok(())
}

fn print_mode(sregs: &kvm_sregs) {
    let (pe, lma) = (sregs.cr0 & CR0_PE, sregs.efer & EFER_LMA);
    let mode = match (pe, lma, sregs.cs.l) {
        (0, ..) => "real",
        (_, 0, _) => "protected",
        (.., 0) => "compatibility",
        _ => "64-bit",
    };
    println!(
        "{mode:13}  cr0 {:#010x}  efer {:#05x}",
        sregs.cr0, sregs.efer
    );
}
