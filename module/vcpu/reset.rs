// SPDX-License-Identifier: GPL-2.0

//! The state of a vCPU after reset and after INIT.
//!
//! Counterparts: `kvm_vcpu_reset()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c),
//! `init_vmcb()` in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c).

use kernel::prelude::*;
use pin_init::init_array_from_fn;

use super::{
    bus::{
        Io,
        Pending, //
    },
    debugregs::DebugRegs,
    events::Events,
    fpu::Fpu,
    guest_debug::GuestDebug,
    mmio::Mmio,
    msrs::Msrs,
    pio::PioRequest,
    run_page::RunPage,
    sregs::{
        CR0_CD,
        CR0_ET,
        CR0_NW, //
    },
    State, //
};
use crate::{
    abstractions::{
        cpu::tsc_khz,
        page_fault::Wait, //
    },
    cpuid::Cpuid,
    emulator::{
        flags::FIXED,
        Cpu,
        DecodeCache,
        Decoded,
        DescriptorTable,
        FetchCache,
        PrefetchQueue,
        Segment, //
    },
    svm::Svm,
    uapi::kvm::{
        KvmDtable,
        KvmSegment,
        KvmSregs,
        KVM_EXIT_SHUTDOWN, //
    },
    vm::last_used_slot::LastUsedSlots, //
};

// Segment types, as in a descriptor.
const DATA: u8 = 0x2;
const CODE: u8 = 0xa;
const BUSY_TSS16: u8 = 0x3;
const LDT: u8 = 0x2;

/// The address of the local APIC, and its enable bit.
const APIC_BASE: u64 = 0xfee0_0800;
/// The bit of the bootstrap processor, which starts the others.
const APIC_BASE_BSP: u64 = 1 << 8;

impl State {
    /// Initializes the state of a new vCPU, in place: the stack of a system call is small.
    pub(super) fn at_reset(id: usize, svm: Option<KBox<Svm>>) -> impl Init<Self> {
        init!(State {
            cpu: Cpu {
                regs: [0; 16],
                rip: 0,
                rflags: 0,
                segments: [Segment::default(); 6],
                idt: DescriptorTable::default(),
                gdt: DescriptorTable::default(),
                cr0: CR0_CD | CR0_NW,
            },
            decode_cache <- init!(DecodeCache {
                fetch: FetchCache::default(),
                queue: PrefetchQueue::default(),
                entries <- init_array_from_fn(|_| Decoded::NONE),
                db: false,
                limit: 0,
            }),
            sregs: KvmSregs {
                apic_base: APIC_BASE | if id == 0 { APIC_BASE_BSP } else { 0 },
                ..KvmSregs::default()
            },
            msrs: Msrs::at_reset(),
            fpu: Fpu::at_reset(),
            debugregs: DebugRegs::at_reset(),
            tsc_khz: tsc_khz(),
            svm,
            exception: None,
            exception_injected: false,
            events: Events::default(),
            guest_debug: GuestDebug::default(),
            blocked_signals: None,
            io: Io {
                pio: PioRequest::default(),
                mmio: Mmio::new(),
                cpuid: Cpuid::new(),
                slots: LastUsedSlots::default(),
                linear_rip: 0,
                wait: Wait::Killable,
                pending: Pending::Nothing,
                nmi_masked: false,
                sw_breakpoints: false,
                locked: false,
                orig: None,
            },
            has_run: false,
        })
        .chain(|state| {
            state.init();
            Ok(())
        })
    }

    /// Does what KVM does on AMD CPUs: `shutdown_interception()`.
    ///
    /// After a shutdown the VMCB is undefined, so KVM clears it, and resets the vCPU by INIT. Most
    /// [`Msrs`] are lost, since KVM keeps them only there.
    pub(crate) fn shutdown(&mut self, run: &RunPage) {
        if let Some(svm) = &mut self.svm {
            svm.init_vmcb();
        }
        self.msrs.clear_in_vmcb();
        self.init();
        run.exit_reason(KVM_EXIT_SHUTDOWN);
    }

    /// INIT: as at reset, except CR0's cache control bits, FPU, [`Msrs`] and APIC base, which stay.
    fn init(&mut self) {
        self.cpu.regs = [0; 16];
        // DX: family, model and stepping.
        self.cpu.regs[2] = self.io.cpuid.signature().into();
        self.cpu.rip = 0xfff0;
        self.cpu.rflags = FIXED;
        self.debugregs = DebugRegs::at_reset();
        self.clear_events();
        self.events = Events::default();
        self.io.nmi_masked = false;
        self.io.mmio.fragments = [None; 2];

        let data = real_mode_segment(DATA, 1);
        let table = KvmDtable {
            limit: 0xffff,
            ..KvmDtable::default()
        };
        let sregs = KvmSregs {
            // The first instruction is at 0xffff_fff0, where a PC has its firmware.
            cs: KvmSegment {
                selector: 0xf000,
                base: 0xffff_0000,
                ..real_mode_segment(CODE, 1)
            },
            ds: data,
            es: data,
            fs: data,
            gs: data,
            ss: data,
            tr: real_mode_segment(BUSY_TSS16, 0),
            ldt: real_mode_segment(LDT, 0),
            gdt: table,
            idt: table,
            cr0: CR0_ET | self.cpu.cr0 & (CR0_CD | CR0_NW),
            apic_base: self.sregs.apic_base,
            ..KvmSregs::default()
        };
        self.set_sregs(&sregs);
    }
}

/// Returns a segment of 64 KiB at address 0; `s` is 1 for code and data, 0 for system segments.
fn real_mode_segment(type_: u8, s: u8) -> KvmSegment {
    KvmSegment {
        limit: 0xffff,
        type_,
        s,
        present: 1,
        ..KvmSegment::default()
    }
}
