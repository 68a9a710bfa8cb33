// SPDX-License-Identifier: MIT OR Apache-2.0

//! Conversions between [`Cpu`] and KVM's `struct kvm_regs` and `struct kvm_sregs`.

use emulator::{Cpu, DescriptorTable, Segment};
use kvm_bindings::{kvm_dtable, kvm_regs, kvm_segment, kvm_sregs};

/// Returns KVM's structures for `cpu`; values that real mode does not have come from `reset`.
pub fn to_kvm(cpu: &Cpu, reset: &kvm_sregs) -> (kvm_regs, kvm_sregs) {
    let [
        rax,
        rcx,
        rdx,
        rbx,
        rsp,
        rbp,
        rsi,
        rdi,
        r8,
        r9,
        r10,
        r11,
        r12,
        r13,
        r14,
        r15,
    ] = cpu.regs;
    #[rustfmt::skip]
    let regs = kvm_regs {
        rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, r8, r9, r10, r11, r12, r13, r14, r15,
        rip: cpu.rip,
        rflags: cpu.rflags,
    };
    let mut sregs = *reset;
    let [es, cs, ss, ds, fs, gs] = cpu.segments;
    for (to, from) in [
        (&mut sregs.es, es),
        (&mut sregs.cs, cs),
        (&mut sregs.ss, ss),
        (&mut sregs.ds, ds),
        (&mut sregs.fs, fs),
        (&mut sregs.gs, gs),
    ] {
        to.selector = from.selector;
        to.base = from.base.into();
        to.limit = from.limit;
        to.db = from.db.into();
    }
    for (to, from) in [(&mut sregs.idt, cpu.idt), (&mut sregs.gdt, cpu.gdt)] {
        to.base = from.base.into();
        to.limit = from.limit;
    }
    sregs.cr0 = cpu.cr0;
    (regs, sregs)
}

/// Returns the registers of real mode.
pub fn from_kvm(regs: &kvm_regs, sregs: &kvm_sregs) -> Cpu {
    let segment = |segment: kvm_segment| Segment {
        selector: segment.selector,
        base: segment.base as u32,
        limit: segment.limit,
        db: segment.db != 0,
    };
    let table = |table: kvm_dtable| DescriptorTable {
        base: table.base as u32,
        limit: table.limit,
    };
    let mut cpu = Cpu {
        regs: [0; 16],
        rip: 0,
        rflags: 0,
        segments: [sregs.es, sregs.cs, sregs.ss, sregs.ds, sregs.fs, sregs.gs].map(segment),
        idt: table(sregs.idt),
        gdt: table(sregs.gdt),
        cr0: sregs.cr0,
    };
    set_registers(&mut cpu, regs);
    cpu
}

/// Copies the general registers, RIP and RFLAGS.
#[rustfmt::skip]
pub fn set_registers(cpu: &mut Cpu, regs: &kvm_regs) {
    cpu.regs = [
        regs.rax, regs.rcx, regs.rdx, regs.rbx, regs.rsp, regs.rbp, regs.rsi, regs.rdi,
        regs.r8, regs.r9, regs.r10, regs.r11, regs.r12, regs.r13, regs.r14, regs.r15,
    ];
    cpu.rip = regs.rip;
    cpu.rflags = regs.rflags;
}
