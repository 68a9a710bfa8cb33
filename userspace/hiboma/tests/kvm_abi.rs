// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compares KVM's side of the ABI with kvm-bindings: all fields of all structures, all numbers.

use std::mem::{offset_of, size_of};

use hiboma::kvm;
use kvm_bindings as theirs;

/// Asserts that the sizes are equal, and that the fields have the same offsets and sizes.
/// `ours = theirs` if kvm-bindings has another name for a field.
macro_rules! same_layout {
    ($ours:ident, $theirs:ident, { $($field:ident $(= $name:ident)?),* $(,)? }) => {
        assert_eq!(size_of::<kvm::$ours>(), size_of::<theirs::$theirs>(), stringify!($theirs));
        let covered = [$(same_field!($ours, $theirs, $field $(= $name)?)),*];
        // The sizes of the fields add up, so none is left out.
        assert_eq!(covered.iter().sum::<usize>(), size_of::<kvm::$ours>(), stringify!($ours));
    };
}

/// Compares one field of both and returns its size.
macro_rules! same_field {
    ($ours:ident, $theirs:ident, $field:ident) => {
        same_field!($ours, $theirs, $field = $field)
    };
    ($ours:ident, $theirs:ident, $field:ident = $name:ident) => {{
        let name = concat!(stringify!($theirs), ".", stringify!($name));
        let (at, there) = (
            offset_of!(kvm::$ours, $field),
            offset_of!(theirs::$theirs, $name),
        );
        assert_eq!(at, there, "{name}");
        let size = size_of_field(|it: &kvm::$ours| &raw const it.$field);
        let there = size_of_field(|it: &theirs::$theirs| &raw const it.$name);
        assert_eq!(size, there, "{name}");
        size
    }};
}

fn size_of_field<S, F>(_field: impl Fn(&S) -> *const F) -> usize {
    size_of::<F>()
}

#[test]
fn the_structures_of_the_device_are_kvms() {
    same_layout!(KvmCpuidEntry2, kvm_cpuid_entry2, {
        function, index, flags, eax, ebx, ecx, edx, padding,
    });
    same_layout!(KvmCpuid2, kvm_cpuid2, { nent, padding });
    same_layout!(KvmMsrList, kvm_msr_list, { nmsrs });
    same_layout!(KvmMsrs, kvm_msrs, { nmsrs, pad });
    same_layout!(KvmMsrEntry, kvm_msr_entry, { index, reserved, data });
}

#[test]
fn the_structures_of_a_vm_are_kvms() {
    same_layout!(KvmUserspaceMemoryRegion, kvm_userspace_memory_region, {
        slot, flags, guest_phys_addr, memory_size, userspace_addr,
    });
    same_layout!(KvmDirtyLog, kvm_dirty_log, {
        slot, padding = padding1, dirty_bitmap = __bindgen_anon_1,
    });
    same_layout!(KvmCoalescedMmioZone, kvm_coalesced_mmio_zone, {
        addr, size, pio = __bindgen_anon_1,
    });
    same_layout!(KvmCoalescedMmio, kvm_coalesced_mmio, {
        phys_addr, len, pio = __bindgen_anon_1, data,
    });
    same_layout!(KvmCoalescedMmioRing, kvm_coalesced_mmio_ring, { first, last });
    same_layout!(KvmClockData, kvm_clock_data, { clock, flags, pad0, realtime, host_tsc, pad });
    assert_eq!(
        size_of::<kvm::KvmUserspaceMemoryRegion2>(),
        size_of::<theirs::kvm_userspace_memory_region2>()
    );
    assert_eq!(
        offset_of!(kvm::KvmUserspaceMemoryRegion2, guest_memfd_offset),
        offset_of!(theirs::kvm_userspace_memory_region2, guest_memfd_offset)
    );
    same_layout!(KvmEnableCap, kvm_enable_cap, { cap, flags, args, pad });
    same_layout!(KvmIoeventfd, kvm_ioeventfd, { datamatch, addr, len, fd, flags, pad });
}

#[test]
fn the_structures_of_a_vcpu_are_kvms() {
    same_layout!(KvmRegs, kvm_regs, {
        rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, r8, r9, r10, r11, r12, r13, r14, r15, rip, rflags,
    });
    same_layout!(KvmSegment, kvm_segment, {
        base, limit, selector, type_, present, dpl, db, s, l, g, avl, unusable, padding,
    });
    same_layout!(KvmDtable, kvm_dtable, { base, limit, padding });
    same_layout!(KvmSregs, kvm_sregs, {
        cs, ds, es, fs, gs, ss, tr, ldt, gdt, idt, cr0, cr2, cr3, cr4, cr8, efer, apic_base,
        interrupt_bitmap,
    });
    same_layout!(KvmFpu, kvm_fpu, {
        fpr, fcw, fsw, ftwx, pad1, last_opcode, last_ip, last_dp, xmm, mxcsr, pad2,
    });
    same_layout!(KvmMpState, kvm_mp_state, { mp_state });
    same_layout!(KvmXsave, kvm_xsave, { region });
    same_layout!(KvmXcr, kvm_xcr, { xcr, reserved, value });
    same_layout!(KvmXcrs, kvm_xcrs, { nr_xcrs, flags, xcrs, padding });
    same_layout!(KvmTranslation, kvm_translation, {
        linear_address, physical_address, valid, writeable, usermode, pad,
    });
    same_layout!(KvmInterrupt, kvm_interrupt, { irq });
    same_layout!(KvmSignalMask, kvm_signal_mask, { len });
    same_layout!(KvmDebugregs, kvm_debugregs, { db, dr6, dr7, flags, reserved });
    same_layout!(KvmGuestDebug, kvm_guest_debug, { control, pad, debugreg = arch });
    same_layout!(KvmVcpuEvents, kvm_vcpu_events, {
        exception, interrupt, nmi, sipi_vector, flags, smi, triple_fault, reserved,
        exception_has_payload, exception_payload,
    });
}

#[test]
fn kvm_run_is_kvms() {
    same_layout!(KvmRun, kvm_run, {
        request_interrupt_window,
        immediate_exit,
        padding1,
        exit_reason,
        ready_for_interrupt_injection,
        if_flag,
        flags,
        cr8,
        apic_base,
        exit = __bindgen_anon_1,
        kvm_valid_regs,
        kvm_dirty_regs,
        s,
    });
    same_layout!(KvmRunDebug, kvm_debug_exit_arch, { exception, pad, pc, dr6, dr7 });
    same_layout!(KvmRunIo, kvm_run__bindgen_ty_1__bindgen_ty_4, {
        direction, size, port, count, data_offset,
    });

    // kvm-bindings has no field for the padding at their ends.
    type FailEntry = theirs::kvm_run__bindgen_ty_1__bindgen_ty_2;
    type Mmio = theirs::kvm_run__bindgen_ty_1__bindgen_ty_6;
    assert_eq!(size_of::<kvm::KvmRunFailEntry>(), size_of::<FailEntry>());
    same_field!(
        KvmRunFailEntry,
        kvm_run__bindgen_ty_1__bindgen_ty_2,
        hardware_entry_failure_reason
    );
    same_field!(KvmRunFailEntry, kvm_run__bindgen_ty_1__bindgen_ty_2, cpu);
    same_layout!(KvmRunInternal, kvm_run__bindgen_ty_1__bindgen_ty_13, { suberror, ndata, data });
    assert_eq!(size_of::<kvm::KvmRunMmio>(), size_of::<Mmio>());
    same_field!(KvmRunMmio, kvm_run__bindgen_ty_1__bindgen_ty_6, phys_addr);
    same_field!(KvmRunMmio, kvm_run__bindgen_ty_1__bindgen_ty_6, data);
    same_field!(KvmRunMmio, kvm_run__bindgen_ty_1__bindgen_ty_6, len);
    same_field!(KvmRunMmio, kvm_run__bindgen_ty_1__bindgen_ty_6, is_write);

    // In kvm-bindings, the instruction's bytes are in a union.
    type Failure = theirs::kvm_run__bindgen_ty_1__bindgen_ty_14;
    type Instruction = theirs::kvm_run__bindgen_ty_1__bindgen_ty_14__bindgen_ty_1__bindgen_ty_1;
    same_field!(
        KvmRunEmulationFailure,
        kvm_run__bindgen_ty_1__bindgen_ty_14,
        suberror
    );
    same_field!(
        KvmRunEmulationFailure,
        kvm_run__bindgen_ty_1__bindgen_ty_14,
        ndata
    );
    same_field!(
        KvmRunEmulationFailure,
        kvm_run__bindgen_ty_1__bindgen_ty_14,
        flags
    );
    let union = offset_of!(Failure, __bindgen_anon_1);
    assert_eq!(
        offset_of!(kvm::KvmRunEmulationFailure, insn_size),
        union + offset_of!(Instruction, insn_size)
    );
    assert_eq!(
        offset_of!(kvm::KvmRunEmulationFailure, insn_bytes),
        union + offset_of!(Instruction, insn_bytes)
    );
}

/// Compares the numbers with literals too, since programs were compiled with these.
#[test]
fn the_numbers_are_kvms() {
    let ours_and_theirs = [
        (kvm::KVM_GET_API_VERSION, 0xae00),
        (kvm::KVM_CREATE_VM, 0xae01),
        (kvm::KVM_GET_MSR_INDEX_LIST, 0xc004_ae02),
        (kvm::KVM_CHECK_EXTENSION, 0xae03),
        (kvm::KVM_GET_VCPU_MMAP_SIZE, 0xae04),
        (kvm::KVM_GET_SUPPORTED_CPUID, 0xc008_ae05),
        (kvm::KVM_GET_EMULATED_CPUID, 0xc008_ae09),
        (kvm::KVM_GET_MSR_FEATURE_INDEX_LIST, 0xc004_ae0a),
        (kvm::KVM_CREATE_VCPU, 0xae41),
        (kvm::KVM_GET_DIRTY_LOG, 0x4010_ae42),
        (kvm::KVM_SET_USER_MEMORY_REGION, 0x4020_ae46),
        (kvm::KVM_SET_TSS_ADDR, 0xae47),
        (kvm::KVM_SET_IDENTITY_MAP_ADDR, 0x4008_ae48),
        (kvm::KVM_SET_USER_MEMORY_REGION2, 0x40a0_ae49),
        (kvm::KVM_REGISTER_COALESCED_MMIO, 0x4010_ae67),
        (kvm::KVM_UNREGISTER_COALESCED_MMIO, 0x4010_ae68),
        (kvm::KVM_IOEVENTFD, 0x4040_ae79),
        (kvm::KVM_SET_CLOCK, 0x4030_ae7b),
        (kvm::KVM_GET_CLOCK, 0x8030_ae7c),
        (kvm::KVM_ENABLE_CAP, 0x4068_aea3),
        (kvm::KVM_RUN, 0xae80),
        (kvm::KVM_GET_REGS, 0x8090_ae81),
        (kvm::KVM_SET_REGS, 0x4090_ae82),
        (kvm::KVM_GET_SREGS, 0x8138_ae83),
        (kvm::KVM_SET_SREGS, 0x4138_ae84),
        (kvm::KVM_TRANSLATE, 0xc018_ae85),
        (kvm::KVM_INTERRUPT, 0x4004_ae86),
        (kvm::KVM_GET_MSRS, 0xc008_ae88),
        (kvm::KVM_SET_MSRS, 0x4008_ae89),
        (kvm::KVM_SET_SIGNAL_MASK, 0x4004_ae8b),
        (kvm::KVM_GET_FPU, 0x81a0_ae8c),
        (kvm::KVM_SET_FPU, 0x41a0_ae8d),
        (kvm::KVM_SET_CPUID2, 0x4008_ae90),
        (kvm::KVM_GET_CPUID2, 0xc008_ae91),
        (kvm::KVM_GET_MP_STATE, 0x8004_ae98),
        (kvm::KVM_SET_MP_STATE, 0x4004_ae99),
        (kvm::KVM_NMI, 0xae9a),
        (kvm::KVM_SET_GUEST_DEBUG, 0x4048_ae9b),
        (kvm::KVM_GET_VCPU_EVENTS, 0x8040_ae9f),
        (kvm::KVM_SET_VCPU_EVENTS, 0x4040_aea0),
        (kvm::KVM_GET_DEBUGREGS, 0x8080_aea1),
        (kvm::KVM_SET_DEBUGREGS, 0x4080_aea2),
        (kvm::KVM_SET_TSC_KHZ, 0xaea2),
        (kvm::KVM_GET_TSC_KHZ, 0xaea3),
        (kvm::KVM_GET_XSAVE, 0x9000_aea4),
        (kvm::KVM_SET_XSAVE, 0x5000_aea5),
        (kvm::KVM_GET_XCRS, 0x8188_aea6),
        (kvm::KVM_SET_XCRS, 0x4188_aea7),
        (kvm::KVM_GET_XSAVE2, 0x9000_aecf),
    ];
    for (ours, theirs) in ours_and_theirs {
        assert_eq!(ours, theirs, "{ours:#x}");
    }
    assert_eq!(kvm::KVM_API_VERSION, theirs::KVM_API_VERSION);
}

/// The values that the fields of structures can have.
#[test]
fn the_constants_are_kvms() {
    macro_rules! same {
        ($($name:ident),* $(,)?) => {
            $(assert_eq!(u64::from(kvm::$name), u64::from(theirs::$name), stringify!($name));)*
        };
    }
    same!(
        KVM_EXIT_UNKNOWN,
        KVM_EXIT_IO,
        KVM_EXIT_DEBUG,
        KVM_EXIT_IRQ_WINDOW_OPEN,
        KVM_GUESTDBG_ENABLE,
        KVM_GUESTDBG_SINGLESTEP,
        KVM_GUESTDBG_USE_SW_BP,
        KVM_GUESTDBG_USE_HW_BP,
        KVM_GUESTDBG_INJECT_DB,
        KVM_GUESTDBG_INJECT_BP,
        KVM_GUESTDBG_BLOCKIRQ,
        KVM_VCPUEVENT_VALID_NMI_PENDING,
        KVM_VCPUEVENT_VALID_SIPI_VECTOR,
        KVM_VCPUEVENT_VALID_SHADOW,
        KVM_VCPUEVENT_VALID_SMM,
        KVM_X86_SHADOW_INT_MOV_SS,
        KVM_X86_SHADOW_INT_STI,
        KVM_SYNC_X86_REGS,
        KVM_SYNC_X86_SREGS,
        KVM_SYNC_X86_EVENTS,
        KVM_CLOCK_TSC_STABLE,
        KVM_CLOCK_REALTIME,
        KVM_CLOCK_HOST_TSC,
        KVM_EXIT_HLT,
        KVM_EXIT_MMIO,
        KVM_EXIT_SHUTDOWN,
        KVM_EXIT_FAIL_ENTRY,
        KVM_EXIT_INTR,
        KVM_EXIT_SET_TPR,
        KVM_EXIT_INTERNAL_ERROR,
        KVM_EXIT_IO_IN,
        KVM_EXIT_IO_OUT,
        KVM_INTERNAL_ERROR_EMULATION,
        KVM_INTERNAL_ERROR_DELIVERY_EV,
        KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
        KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES,
        KVM_MEM_LOG_DIRTY_PAGES,
        KVM_MEM_READONLY,
        KVM_MP_STATE_RUNNABLE,
    );
    // kvm-bindings has the bit numbers of these.
    let flags = [
        (
            kvm::KVM_IOEVENTFD_FLAG_DATAMATCH,
            theirs::kvm_ioeventfd_flag_nr_datamatch,
        ),
        (
            kvm::KVM_IOEVENTFD_FLAG_PIO,
            theirs::kvm_ioeventfd_flag_nr_pio,
        ),
        (
            kvm::KVM_IOEVENTFD_FLAG_DEASSIGN,
            theirs::kvm_ioeventfd_flag_nr_deassign,
        ),
        (
            kvm::KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY,
            theirs::kvm_ioeventfd_flag_nr_virtio_ccw_notify,
        ),
    ];
    for (flag, bit) in flags {
        assert_eq!(flag, 1 << bit);
    }
}

#[test]
fn the_capabilities_are_kvms() {
    macro_rules! same {
        ($($name:ident),* $(,)?) => {
            $(assert_eq!(kvm::$name, theirs::$name as usize, stringify!($name));)*
        };
    }
    same!(
        KVM_CAP_USER_MEMORY,
        KVM_CAP_COALESCED_MMIO,
        KVM_CAP_USER_NMI,
        KVM_CAP_SET_GUEST_DEBUG,
        KVM_CAP_ADJUST_CLOCK,
        KVM_CAP_VCPU_EVENTS,
        KVM_CAP_DEBUGREGS,
        KVM_CAP_X86_ROBUST_SINGLESTEP,
        KVM_CAP_XSAVE,
        KVM_CAP_XCRS,
        KVM_CAP_GET_TSC_KHZ,
        KVM_CAP_ENABLE_CAP,
        KVM_CAP_ENABLE_CAP_VM,
        KVM_CAP_HALT_POLL,
        KVM_CAP_ENFORCE_PV_FEATURE_CPUID,
        KVM_CAP_EXIT_ON_EMULATION_FAILURE,
        KVM_CAP_SYNC_REGS,
        KVM_CAP_EXT_EMUL_CPUID,
        KVM_CAP_GET_MSR_FEATURES,
        KVM_CAP_COALESCED_PIO,
        KVM_CAP_XSAVE2,
        KVM_CAP_USER_MEMORY2,
        KVM_CAP_SET_TSS_ADDR,
        KVM_CAP_EXT_CPUID,
        KVM_CAP_NR_VCPUS,
        KVM_CAP_NR_MEMSLOTS,
        KVM_CAP_MP_STATE,
        KVM_CAP_SYNC_MMU,
        KVM_CAP_DESTROY_MEMORY_REGION_WORKS,
        KVM_CAP_JOIN_MEMORY_REGIONS_WORKS,
        KVM_CAP_IOEVENTFD,
        KVM_CAP_SET_IDENTITY_MAP_ADDR,
        KVM_CAP_INTERNAL_ERROR_DATA,
        KVM_CAP_MAX_VCPUS,
        KVM_CAP_READONLY_MEM,
        KVM_CAP_IOEVENTFD_NO_LENGTH,
        KVM_CAP_CHECK_EXTENSION_VM,
        KVM_CAP_IOEVENTFD_ANY_LENGTH,
        KVM_CAP_MAX_VCPU_ID,
        KVM_CAP_IMMEDIATE_EXIT,
    );
}
