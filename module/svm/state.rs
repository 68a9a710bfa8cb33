// SPDX-License-Identifier: GPL-2.0

//! The registers of a vCPU, loaded into its VMCB and stored back.
//!
//! Counterparts: `svm_set_segment()`, `svm_get_segment()`, `svm_set_cr0()`, `svm_set_cr4()` and the like
//! in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c). In KVM the VMCB is where most registers
//! are. Here they are in the interpreter's structures, and in the VMCB only while the guest runs.

use super::{
    vmcb::{
        Vmcb,
        VmcbSegment,
        V_TPR, //
    },
    Svm, //
};
use crate::{
    abstractions::msr::{
        cr4,
        EFER_SVME, //
    },
    emulator::Cpu,
    uapi::kvm::{
        KvmDtable,
        KvmSegment,
        KvmSregs, //
    },
    vcpu::{
        msrs::Msrs,
        sregs::{
            segments_of,
            CR0_CD,
            CR0_NW, //
        }, //
    }, //
};

const RAX: usize = 0;
const RSP: usize = 4;
/// Without it, a machine check would shut the guest down, and the host would not notice.
const CR4_MCE: u64 = 1 << 6;

impl Svm {
    /// Copies the vCPU's registers to the VMCB.
    pub(super) fn load(&mut self, cpu: &Cpu, sregs: &mut KvmSregs, msrs: &Msrs) {
        let Vmcb { control, save, .. } = &mut *self.vmcb;
        for (to, from) in save.segments.iter_mut().zip(segments_of(sregs)) {
            *to = VmcbSegment::from(&*from);
        }
        save.ldtr = VmcbSegment::from(&sregs.ldt);
        save.tr = VmcbSegment::from(&sregs.tr);
        (save.gdtr.base, save.gdtr.limit) = (sregs.gdt.base, sregs.gdt.limit.into());
        (save.idtr.base, save.idtr.limit) = (sregs.idt.base, sregs.idt.limit.into());
        save.cpl = sregs.ss.dpl;
        save.efer = sregs.efer | EFER_SVME;
        // The guest's memory stays cached, whatever its CR0 says.
        save.cr0 = sregs.cr0 & !(CR0_CD | CR0_NW);
        save.cr2 = sregs.cr2;
        save.cr3 = sregs.cr3;
        save.cr4 = sregs.cr4 | cr4() & CR4_MCE;
        control.int_ctl = control.int_ctl & !V_TPR | sregs.cr8 as u32 & V_TPR;
        save.rip = cpu.rip;
        save.rflags = cpu.rflags;
        save.rax = cpu.regs[RAX];
        save.rsp = cpu.regs[RSP];

        save.star = msrs.star;
        save.lstar = msrs.lstar;
        save.cstar = msrs.cstar;
        save.sfmask = msrs.syscall_mask;
        save.kernel_gs_base = msrs.kernel_gs_base;
        save.sysenter_cs = msrs.sysenter_cs;
        save.sysenter_esp = msrs.sysenter_esp;
        save.sysenter_eip = msrs.sysenter_eip;
        save.g_pat = msrs.pat;
        control.tsc_offset = msrs.tsc_offset;
    }

    /// Copies the VMCB to the vCPU's registers, except those that no guest changes without an exit.
    pub(super) fn store(&self, cpu: &mut Cpu, sregs: &mut KvmSregs, msrs: &mut Msrs) {
        let Vmcb { control, save, .. } = &*self.vmcb;
        for (to, from) in segments_of(sregs).into_iter().zip(&save.segments) {
            *to = KvmSegment::from(from);
        }
        sregs.ldt = KvmSegment::from(&save.ldtr);
        sregs.tr = KvmSegment::from(&save.tr);
        sregs.gdt = KvmDtable::from(&save.gdtr);
        sregs.idt = KvmDtable::from(&save.idtr);
        sregs.ss.dpl = save.cpl;
        sregs.efer = save.efer & !EFER_SVME;
        sregs.cr0 = save.cr0 | sregs.cr0 & (CR0_CD | CR0_NW);
        sregs.cr2 = save.cr2;
        sregs.cr3 = save.cr3;
        sregs.cr8 = (control.int_ctl & V_TPR).into();
        cpu.rip = save.rip;
        cpu.rflags = save.rflags;
        cpu.regs[RAX] = save.rax;
        cpu.regs[RSP] = save.rsp;
        // `swapgs` changes it without an exit.
        msrs.kernel_gs_base = save.kernel_gs_base;
    }
}

impl Msrs {
    /// Clears the MSRs that `load()` writes into the VMCB, except PAT and the TSC offset.
    pub(crate) fn clear_in_vmcb(&mut self) {
        (self.star, self.lstar, self.cstar, self.syscall_mask) = (0, 0, 0, 0);
        (self.sysenter_cs, self.sysenter_esp, self.sysenter_eip) = (0, 0, 0);
        self.kernel_gs_base = 0;
    }
}

impl From<&KvmSegment> for VmcbSegment {
    fn from(it: &KvmSegment) -> Self {
        let bit = |value: u8, place: u32| u16::from(value & 1) << place;
        VmcbSegment {
            selector: it.selector,
            attrib: u16::from(it.type_ & 0xf)
                | bit(it.s, 4)
                | u16::from(it.dpl & 3) << 5
                | bit(it.present, 7)
                | bit(it.avl, 8)
                | bit(it.l, 9)
                | bit(it.db, 10)
                | bit(it.g, 11),
            limit: it.limit,
            base: it.base,
        }
    }
}

impl From<&VmcbSegment> for KvmSegment {
    fn from(it: &VmcbSegment) -> Self {
        let bit = |place: u32| (it.attrib >> place & 1) as u8;
        // `State::set_sregs()` sets the remaining fields, as for segments from userspace.
        KvmSegment {
            base: it.base,
            limit: it.limit,
            selector: it.selector,
            type_: (it.attrib & 0xf) as u8,
            s: bit(4),
            dpl: (it.attrib >> 5 & 3) as u8,
            present: bit(7),
            avl: bit(8),
            l: bit(9),
            db: bit(10),
            ..KvmSegment::default()
        }
    }
}

impl From<&VmcbSegment> for KvmDtable {
    fn from(it: &VmcbSegment) -> Self {
        KvmDtable {
            base: it.base,
            limit: it.limit as u16,
            ..KvmDtable::default()
        }
    }
}
