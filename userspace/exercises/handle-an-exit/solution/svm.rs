// SPDX-License-Identifier: GPL-2.0

//! The run loop: enters the guest by `vmrun`, until an exit that userspace must handle.
//!
//! Counterparts: `svm_vcpu_run()` of `module/svm.rs`; `vcpu_run()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c). The VMCB is the module's. There is nothing to
//! do in this file.

use core::arch::x86_64::__cpuid;
use kernel::{
    mm::Mm,
    prelude::*,
    sync::aref::ARef, //
};
use zerocopy::FromZeros;

#[path = "nested_paging.rs"]
pub(crate) mod nested_paging;
#[allow(dead_code, reason = "no event is injected here")]
#[path = "../../../../module/svm/vmcb.rs"]
pub(crate) mod vmcb;

use crate::{
    abstractions::{
        mm,
        mmu_notifier::MmuNotifier,
        msr::EFER_SVME,
        physical::Physical,
        world_switch::{
            GuestRegisters,
            HostArea, //
        },
        xfer_to_guest_mode::handle_work, //
    },
    vcpu::fpu::Fpu,
    Guest, //
};
use nested_paging::NestedPageTable;
use vmcb::Vmcb;

/// Leaf 0x8000_0001, ECX: the CPU has SVM.
const SVM: u32 = 1 << 2;

const RAX: usize = 0;
const RSP: usize = 4;
const CS: usize = 1;
/// Present, and code or data that can be read or written.
const CODE: u16 = 0x9b;
const DATA: u16 = 0x93;
const LDT: u16 = 0x82;
const TSS: u16 = 0x8b;
/// Bit 1 is always set. The guest cannot be interrupted.
const RFLAGS: u64 = 1 << 1;
/// There is an x87.
const CR0: u64 = 1 << 4;
const DR6: u64 = 0xffff_0ff0;
const DR7: u64 = 0x400;

/// The next step after an exit.
pub(crate) enum Next {
    /// The guest continues at `rip`.
    ReenterGuest,
    /// The ioctl returns.
    ExitUserspace,
}

/// The guest's registers.
pub(crate) struct Vcpu {
    /// RAX, RCX, RDX, RBX, RSP and so on: the order of the instruction encoding.
    pub(crate) regs: [u64; 16],
    /// The address of the next instruction.
    pub(crate) rip: u64,
}

/// Runs the guest, and writes its final registers into the structure.
///
/// # Errors
///
/// `ENODEV` if the CPU has no SVM; `EINTR` for a signal; `ENOMEM` if there is no memory.
pub(crate) fn run(guest: &mut Guest) -> Result {
    if __cpuid(0x8000_0000).eax < 0x8000_000a || __cpuid(0x8000_0001).ecx & SVM == 0 {
        return Err(ENODEV);
    }
    let mm: ARef<Mm> = mm::grab_current()?;
    let notifier = KBox::pin_init(MmuNotifier::register(mm), GFP_KERNEL)?;
    let memory = NestedPageTable::of_one_page(&guest.code)?;
    let mut host = HostArea::new()?;
    let mut vmcb = Physical::<Vmcb>::filled(0)?;
    vmcb.at_reset();
    // Not on the stack: the kernel's stack is only 8-byte aligned, and `fxrstor` needs 16.
    let mut fpu = KBox::new(Fpu::at_reset(), GFP_KERNEL)?;
    let mut vcpu = Vcpu {
        regs: guest.regs,
        rip: guest.rip,
    };
    loop {
        handle_work()?;
        let save = &mut vmcb.save;
        (save.rax, save.rsp, save.rip) = (vcpu.regs[RAX], vcpu.regs[RSP], vcpu.rip);
        let registers = GuestRegisters {
            regs: &mut vcpu.regs,
            fpu: &mut fpu,
            db: [0; 4],
            dr7: DR7,
        };
        if !host.enter(&mut vmcb, registers, &memory, &notifier) {
            continue;
        }
        let save = &vmcb.save;
        (vcpu.regs[RAX], vcpu.regs[RSP], vcpu.rip) = (save.rax, save.rsp, save.rip);
        // An emulated CPU writes only the lower half.
        let exit_code = u64::from(vmcb.control.exit_code as u32);
        if let Next::ExitUserspace = vcpu.handle_exit(exit_code) {
            (guest.regs, guest.rip, guest.exit_code) = (vcpu.regs, vcpu.rip, exit_code);
            return Ok(());
        }
    }
}

impl Vmcb {
    /// Sets real mode, with all segments at 0.
    fn at_reset(&mut self) {
        self.zero();
        let save = &mut self.save;
        for (index, segment) in save.segments.iter_mut().enumerate() {
            segment.attrib = if index == CS { CODE } else { DATA };
            segment.limit = 0xffff;
        }
        (save.ldtr.attrib, save.ldtr.limit) = (LDT, 0xffff);
        (save.tr.attrib, save.tr.limit) = (TSS, 0xffff);
        (save.gdtr.limit, save.idtr.limit) = (0xffff, 0xffff);
        (save.efer, save.cr0, save.rflags) = (EFER_SVME, CR0, RFLAGS);
        (save.dr6, save.dr7) = (DR6, DR7);
    }
}
