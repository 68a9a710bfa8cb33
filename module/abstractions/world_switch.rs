// SPDX-License-Identifier: GPL-2.0

//! The world switch: `vmrun`, and saving and restoring the host's state around it.
//!
//! Counterparts: `svm_vcpu_enter_exit()` in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c),
//! `__svm_vcpu_run()` in [`arch/x86/kvm/svm/vmenter.S`](srctree/arch/x86/kvm/svm/vmenter.S); AMD's
//! manual, volume 2, section "VMRUN Instruction".

use core::arch::{
    asm,
    naked_asm, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

use super::{
    mmu_notifier::MmuNotifier,
    msr::{
        rdmsr,
        wrmsr,
        EFER_SVME,
        MSR_EFER, //
    },
    physical::Physical,
    xfer_to_guest_mode::work_pending, //
};
use crate::{
    svm::{
        nested_paging::NestedPageTable,
        vmcb::Vmcb, //
    },
    vcpu::fpu::{
        Fpu,
        MXCSR_MASK, //
    }, //
};

/// The MSR with the physical address of the page to which `vmrun` saves the host's state.
const MSR_VM_HSAVE_PA: u32 = 0xc001_0117;
/// The bits of DR7 that enable breakpoints.
const DR7_ENABLE: u64 = 0xff;

extern "C" {
    // Not in the bindings. `EXPORT_SYMBOL_GPL`; with interrupts off both may be called anywhere.
    fn kernel_fpu_begin_mask(mask: c_uint);
    fn kernel_fpu_end();
}

/// The pages that `vmrun` and `vmsave` need: the host's state, and the guest's permissions.
pub(crate) struct HostArea {
    /// Written by `vmrun`, in a CPU-specific format.
    by_vmrun: Physical<[u8; PAGE_SIZE]>,
    /// Written by `vmsave`: the registers that `vmrun` leaves to software.
    by_vmsave: Physical<[u8; PAGE_SIZE]>,
    /// The permission maps of I/O ports and of MSRs. All ones: the guest may access none.
    permission_map: Physical<[u8; 4 * PAGE_SIZE]>,
}

/// The guest's registers that are not in its VMCB.
pub(crate) struct GuestRegisters<'a> {
    /// In the order of their encoding in instructions. RAX and RSP are ignored: the VMCB has them.
    pub(crate) regs: &'a mut [u64; 16],
    pub(crate) fpu: &'a mut Fpu,
    /// DR0 to DR3, and the VMCB's DR7, which says whether the guest uses them.
    pub(crate) db: [u64; 4],
    pub(crate) dr7: u64,
}

impl HostArea {
    /// # Errors
    ///
    /// `ENOMEM` if memory runs out.
    pub(crate) fn new() -> Result<Self> {
        Ok(HostArea {
            by_vmrun: Physical::filled(0)?,
            by_vmsave: Physical::filled(0)?,
            permission_map: Physical::filled(!0)?,
        })
    }

    // ANCHOR: enter
    /// Runs the guest until it exits. Returns false without running it if the thread has pending
    /// work, such as a signal, or if the guest's memory has changed.
    pub(crate) fn enter(
        &mut self,
        vmcb: &mut Physical<Vmcb>,
        guest: GuestRegisters<'_>,
        memory: &NestedPageTable,
        notifier: &MmuNotifier,
    ) -> bool {
        vmcb.intercept(self.permission_map.address(), memory.address());
        guest.fpu.mxcsr &= MXCSR_MASK;
        // SAFETY: A task in a system call has interrupts enabled, and may disable them for a while.
        // All state that changes in between is restored, so no other code on this CPU sees the
        // change. (But KVM's guests share the TLB: `hardware_setup.rs`.) A host interrupt causes an
        // exit. The guest reaches only pages in its nested page table, and the notifier stops it
        // before one of them is freed. `mxcsr` has no reserved bit: `fxrstor` accepts the image.
        unsafe {
            // Not `nomem`: the compiler must not move memory accesses out of this section.
            asm!("cli", options(nostack));
            let may_enter = !work_pending() && notifier.begin(memory.sequence());
            if may_enter {
                kernel_fpu_begin_mask(0);
                asm!("fxrstor64 [{}]", in(reg) &raw const *guest.fpu, options(nostack));
                let debug = HostDebugRegisters::switch_to(&guest);
                let efer = rdmsr(MSR_EFER);
                wrmsr(MSR_EFER, efer | EFER_SVME);
                let hsave = rdmsr(MSR_VM_HSAVE_PA);
                wrmsr(MSR_VM_HSAVE_PA, self.by_vmrun.address());

                // From here on, even NMIs stay pending.
                asm!("clgi", options(nostack));
                vmrun(guest.regs, self.by_vmsave.address(), vmcb.address());
                asm!("stgi", options(nostack));

                wrmsr(MSR_VM_HSAVE_PA, hsave);
                wrmsr(MSR_EFER, efer);
                debug.restore();
                asm!("fxsave64 [{}]", in(reg) &raw mut *guest.fpu, options(nostack));
                kernel_fpu_end();
                notifier.end();
            }
            asm!("sti", options(nostack));
            may_enter
        }
    }
    // ANCHOR_END: enter
}

/// The host's debug registers, which running a guest overwrites.
struct HostDebugRegisters {
    /// DR0 to DR3, if the guest uses its own.
    db: Option<[u64; 4]>,
    dr6: u64,
    dr7: u64,
}

impl HostDebugRegisters {
    /// # Safety
    ///
    /// Interrupts must be off, and must stay off until [`restore`](Self::restore) is called.
    unsafe fn switch_to(guest: &GuestRegisters<'_>) -> Self {
        let (dr6, dr7);
        // SAFETY: Reading the registers has no side effect. While DR7 is 0, no address in the
        // kernel is a breakpoint, so the guest's addresses in DR0 to DR3 have no effect.
        unsafe {
            asm!("mov {}, dr6", "mov {}, dr7", out(reg) dr6, out(reg) dr7, options(nomem, nostack));
            let db = (guest.dr7 & DR7_ENABLE != 0).then(|| {
                asm!("mov dr7, {}", in(reg) 0u64, options(nomem, nostack));
                let host = read_db();
                write_db(&guest.db);
                host
            });
            HostDebugRegisters { db, dr6, dr7 }
        }
    }

    /// # Safety
    ///
    /// As [`switch_to`](Self::switch_to).
    unsafe fn restore(self) {
        // SAFETY: The values are the kernel's own, from `switch_to`.
        unsafe {
            if let Some(db) = self.db {
                write_db(&db);
            }
            let (dr6, dr7) = (self.dr6, self.dr7);
            asm!("mov dr6, {}", "mov dr7, {}", in(reg) dr6, in(reg) dr7, options(nomem, nostack));
        }
    }
}

fn read_db() -> [u64; 4] {
    let (a, b, c, d);
    // SAFETY: Reading the registers has no side effect.
    unsafe {
        asm!(
            "mov {}, dr0", "mov {}, dr1", "mov {}, dr2", "mov {}, dr3",
            out(reg) a, out(reg) b, out(reg) c, out(reg) d,
            options(nomem, nostack),
        )
    };
    [a, b, c, d]
}

/// # Safety
///
/// DR7 must not enable a breakpoint that the kernel does not expect.
unsafe fn write_db(&[a, b, c, d]: &[u64; 4]) {
    // SAFETY: By the requirements of this function.
    unsafe {
        asm!(
            "mov dr0, {}", "mov dr1, {}", "mov dr2, {}", "mov dr3, {}",
            in(reg) a, in(reg) b, in(reg) c, in(reg) d,
            options(nomem, nostack),
        )
    };
}

// ANCHOR: vmrun
/// Enters the guest, and returns when it exits.
///
/// # Safety
///
/// The conditions in [`HostArea::enter`] must hold, and the global interrupt flag must be clear.
#[unsafe(naked)]
unsafe extern "sysv64" fn vmrun(regs: &mut [u64; 16], host: u64, vmcb: u64) {
    naked_asm!(
        // The registers that a C function must preserve, and the pointers needed after the exit.
        "push rbx",
        "push rbp",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "push rsi",
        "push rdi",
        // FS, GS, TR, LDTR and the MSRs of system calls.
        "mov rax, rsi",
        "vmsave rax",
        "mov rax, rdx",
        "vmload rax",
        // The global interrupt flag still blocks interrupts. IF lets them cause an exit. Not right
        // before `vmrun`: a CPU may report the interrupt shadow of `sti` as the guest's.
        "sti",
        // The guest's registers, except RAX and RSP.
        "mov rcx, [rdi + 8 * 1]",
        "mov rdx, [rdi + 8 * 2]",
        "mov rbx, [rdi + 8 * 3]",
        "mov rbp, [rdi + 8 * 5]",
        "mov rsi, [rdi + 8 * 6]",
        "mov r8, [rdi + 8 * 8]",
        "mov r9, [rdi + 8 * 9]",
        "mov r10, [rdi + 8 * 10]",
        "mov r11, [rdi + 8 * 11]",
        "mov r12, [rdi + 8 * 12]",
        "mov r13, [rdi + 8 * 13]",
        "mov r14, [rdi + 8 * 14]",
        "mov r15, [rdi + 8 * 15]",
        "mov rdi, [rdi + 8 * 7]",
        "vmrun rax",
        "cli",
        "vmsave rax",
        "pop rax",
        "mov [rax + 8 * 1], rcx",
        "mov [rax + 8 * 2], rdx",
        "mov [rax + 8 * 3], rbx",
        "mov [rax + 8 * 5], rbp",
        "mov [rax + 8 * 6], rsi",
        "mov [rax + 8 * 7], rdi",
        "mov [rax + 8 * 8], r8",
        "mov [rax + 8 * 9], r9",
        "mov [rax + 8 * 10], r10",
        "mov [rax + 8 * 11], r11",
        "mov [rax + 8 * 12], r12",
        "mov [rax + 8 * 13], r13",
        "mov [rax + 8 * 14], r14",
        "mov [rax + 8 * 15], r15",
        "pop rax",
        "vmload rax",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbp",
        "pop rbx",
        "ret",
        // RBP holds the guest's value for a while: objtool must not check this function.
        ".pushsection .discard.func_stack_frame_non_standard, \"aw\"",
        ".quad {}",
        ".popsection",
        sym vmrun,
    )
}
// ANCHOR_END: vmrun
