// SPDX-License-Identifier: GPL-2.0

//! [`Vmcb`]: the state that `vmrun` loads for a guest, and saves when the guest exits.
//!
//! Counterparts: `struct vmcb` in [`arch/x86/include/asm/svm.h`](srctree/arch/x86/include/asm/svm.h),
//! `init_vmcb()` in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c); AMD's manual, volume 2,
//! appendix B.

use core::mem::offset_of;

use zerocopy_derive::FromBytes;

/// The virtual machine control block: a page.
#[repr(C)]
#[derive(FromBytes)]
pub(crate) struct Vmcb {
    pub(super) control: ControlArea,
    pub(super) save: SaveArea,
    reserved: [u8; 0x1000 - 0x400 - 0x270],
}

// ANCHOR: control-area
/// The guest's intercepts, its nested page table, and the reason of its last exit.
#[repr(C)]
#[derive(FromBytes)]
pub(super) struct ControlArea {
    intercept_cr: u32,
    intercept_dr: u32,
    pub(super) intercept_exceptions: u32,
    /// A bit for each instruction or event.
    pub(super) intercept: [u32; 2],
    reserved_14: [u8; 0x40 - 0x14],
    iopm_base_pa: u64,
    msrpm_base_pa: u64,
    pub(super) tsc_offset: u64,
    asid: u32,
    tlb_control: u32,
    /// The lowest four bits are CR8.
    pub(super) int_ctl: u32,
    pub(super) int_vector: u32,
    /// Bit 0: the guest is in the interrupt shadow of `sti` or `mov ss`.
    pub(super) int_state: u64,
    pub(super) exit_code: u64,
    pub(super) exit_info_1: u64,
    pub(super) exit_info_2: u64,
    /// The event whose delivery the exit interrupted.
    pub(super) exit_int_info: Event,
    nested_ctl: u64,
    reserved_98: [u64; 2],
    /// The event that the CPU injects at the next entry.
    pub(super) event_inj: Event,
    nested_cr3: u64,
    reserved_b8: [u64; 2],
    /// The address of the next instruction, if the CPU reports it.
    pub(super) next_rip: u64,
    reserved_d0: [u8; 0x400 - 0xd0],
}
// ANCHOR_END: control-area

/// An exception or an interrupt for the guest.
#[repr(C)]
#[derive(Clone, Copy, Default, PartialEq, Eq, FromBytes)]
pub(super) struct Event {
    /// The vector, the type and two flags.
    pub(super) info: u32,
    pub(super) error_code: u32,
}

/// A segment register with its hidden part.
#[repr(C)]
#[derive(FromBytes)]
pub(super) struct VmcbSegment {
    pub(super) selector: u16,
    pub(super) attrib: u16,
    pub(super) limit: u32,
    pub(super) base: u64,
}

/// The registers that `vmrun`, or `vmload`, loads and saves.
#[repr(C)]
#[derive(FromBytes)]
pub(super) struct SaveArea {
    /// ES, CS, SS, DS, FS, GS: in the order of their encoding in instructions.
    pub(super) segments: [VmcbSegment; 6],
    pub(super) gdtr: VmcbSegment,
    pub(super) ldtr: VmcbSegment,
    pub(super) idtr: VmcbSegment,
    pub(super) tr: VmcbSegment,
    reserved_a0: [u8; 0xcb - 0xa0],
    pub(super) cpl: u8,
    reserved_cc: [u8; 4],
    pub(super) efer: u64,
    reserved_d8: [u8; 0x148 - 0xd8],
    pub(super) cr4: u64,
    pub(super) cr3: u64,
    pub(super) cr0: u64,
    pub(super) dr7: u64,
    pub(super) dr6: u64,
    pub(super) rflags: u64,
    pub(super) rip: u64,
    reserved_180: [u8; 0x1d8 - 0x180],
    pub(super) rsp: u64,
    reserved_1e0: [u8; 0x1f8 - 0x1e0],
    pub(super) rax: u64,
    pub(super) star: u64,
    pub(super) lstar: u64,
    pub(super) cstar: u64,
    pub(super) sfmask: u64,
    pub(super) kernel_gs_base: u64,
    pub(super) sysenter_cs: u64,
    pub(super) sysenter_esp: u64,
    pub(super) sysenter_eip: u64,
    pub(super) cr2: u64,
    reserved_248: [u8; 0x268 - 0x248],
    pub(super) g_pat: u64,
}

// The offsets in AMD's manual.
const _: () = {
    assert!(size_of::<Vmcb>() == 0x1000 && offset_of!(Vmcb, save) == 0x400);
    assert!(offset_of!(ControlArea, exit_code) == 0x70);
    assert!(offset_of!(ControlArea, event_inj) == 0xa8);
    assert!(offset_of!(ControlArea, next_rip) == 0xc8);
    assert!(offset_of!(SaveArea, efer) == 0xd0 && offset_of!(SaveArea, cr4) == 0x148);
    assert!(offset_of!(SaveArea, rax) == 0x1f8 && offset_of!(SaveArea, g_pat) == 0x268);
};

impl Event {
    const VALID: u32 = 1 << 31;
    const HAS_ERROR_CODE: u32 = 1 << 11;
    const TYPE: u32 = 7 << 8;
    const TYPE_NMI: u32 = 2 << 8;
    const TYPE_EXCEPTION: u32 = 3 << 8;
    const TYPE_SOFTWARE_INTERRUPT: u32 = 4 << 8;

    /// No event.
    pub(super) const NONE: Event = Event {
        info: 0,
        error_code: 0,
    };

    pub(super) fn exception(vector: u8, error_code: Option<u32>) -> Self {
        let flag = error_code.map_or(0, |_| Self::HAS_ERROR_CODE);
        Event {
            info: u32::from(vector) | Self::TYPE_EXCEPTION | flag | Self::VALID,
            error_code: error_code.unwrap_or(0),
        }
    }

    /// An NMI.
    pub(super) const NMI: Event = Event {
        info: Self::TYPE_NMI | Self::VALID,
        error_code: 0,
    };

    pub(super) fn interrupt(vector: u8) -> Self {
        Event {
            info: u32::from(vector) | Self::VALID,
            error_code: 0,
        }
    }

    /// Returns the vector, if the event is an interrupt.
    pub(super) fn as_interrupt(self) -> Option<u8> {
        (self.info & (Self::TYPE | Self::VALID) == Self::VALID).then_some(self.info as u8)
    }

    pub(super) fn is_nmi(self) -> bool {
        self.info & (Self::TYPE | Self::VALID) == Self::TYPE_NMI | Self::VALID
    }

    pub(super) fn is_valid(self) -> bool {
        self.info & Self::VALID != 0
    }

    /// Whether the guest will cause it again by executing `int`, `int3` or `into` again.
    pub(super) fn is_soft(self) -> bool {
        match self.info & Self::TYPE {
            Self::TYPE_SOFTWARE_INTERRUPT => true,
            Self::TYPE_EXCEPTION => matches!(self.info & 0xff, 3 | 4),
            _ => false,
        }
    }
}

// ANCHOR: intercepts
/// Reads of CR0 and CR4; writes of CR0, CR4 and CR8.
const CR_READ: u32 = 1 << 0 | 1 << 4;
const CR_WRITE: u32 = (1 << 0 | 1 << 4 | 1 << 8) << 16;
/// `#DB` and `#AC`, whose delivery can repeat them forever, and `#MC`, which is the host's.
const EXCEPTIONS: u32 = 1 << 1 | 1 << 17 | 1 << 18;
/// INTR, NMI, SMI, INIT, and the shutdown after a triple fault.
const INTERRUPTS: u32 = 0xf | 1 << 31;
/// `rdpmc`, `cpuid`, `invd`, `hlt`, `invlpga`, port I/O, `rdmsr` and `wrmsr`.
const INSTRUCTIONS: u32 = 1 << 15 | 1 << 18 | 1 << 22 | 1 << 24 | 1 << 26 | 1 << 27 | 1 << 28;
/// `vmrun`, `vmmcall`, `vmload`, `vmsave`, `stgi`, `clgi`, `skinit`, and `rdtscp`.
const SVM_INSTRUCTIONS: u32 = 0xff;
/// `wbinvd`, `monitor`, both kinds of `mwait`, `xsetbv` and `rdpru`.
const OTHERS: u32 = 0x3f << 9;
// ANCHOR_END: intercepts

/// The guest's IF masks only virtual interrupts; the host's IF masks physical ones.
const V_INTR_MASKING: u32 = 1 << 24;
const NESTED_PAGING: u64 = 1 << 0;
/// The ASID of every guest here. KVM assigns ASIDs too, so each entry flushes the TLB.
const ASID: u32 = 1;
const TLB_FLUSH_ALL: u32 = 1;
/// In `int_ctl`: CR8.
pub(super) const V_TPR: u32 = 0xf;
/// In `int_ctl`: a pending interrupt of the highest priority, whatever CR8 says.
pub(super) const V_IRQ: u32 = 1 << 8 | 0xf << 16 | 1 << 20;
/// The guest can take that interrupt; `iret`. Intercepted only on request: `request_windows()`.
pub(super) const INTERCEPT_VINTR: u32 = 1 << 4;
pub(super) const INTERCEPT_IRET: u32 = 1 << 20;
/// `#BP`, intercepted for a debugger.
pub(super) const INTERCEPT_BP: u32 = 1 << 3;

impl Vmcb {
    /// Intercepts all events that belong to the host, or that the CPU must not handle itself, and
    /// sets the nested page table. The rest of the VMCB affects only the guest.
    pub(crate) fn intercept(&mut self, permission_map: u64, nested_cr3: u64) {
        let it = &mut self.control;
        it.intercept_cr = CR_READ | CR_WRITE;
        it.intercept_dr = !0;
        it.intercept_exceptions = EXCEPTIONS | it.intercept_exceptions & INTERCEPT_BP;
        let windows = it.intercept[0] & (INTERCEPT_VINTR | INTERCEPT_IRET);
        it.intercept = [
            INTERRUPTS | INSTRUCTIONS | windows,
            SVM_INSTRUCTIONS | OTHERS,
        ];
        it.iopm_base_pa = permission_map;
        it.msrpm_base_pa = permission_map;
        it.asid = ASID;
        it.tlb_control = TLB_FLUSH_ALL;
        it.int_ctl = V_INTR_MASKING | it.int_ctl & (V_TPR | V_IRQ);
        it.nested_ctl = NESTED_PAGING;
        it.nested_cr3 = nested_cr3;
    }
}
