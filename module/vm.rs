// SPDX-License-Identifier: GPL-2.0

//! What `KVM_CREATE_VM` and `HIBOMA_OPEN_FD` make: the VM behind `anon_inode:hiboma-anon`.
//!
//! Counterparts: `struct kvm`, `kvm_vm_ioctl()` and `kvm_vm_fops` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c); `HibomaAnon` of `hiboma_tiny.rs`, which has
//! nothing but the count.

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    mm::Mm,
    new_mutex,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        ArcBorrow,
        Mutex, //
    }, //
};

use crate::{
    abstractions::{
        anon_inode::{
            self,
            AnonInodeFile, //
        },
        mm,
        mmu_notifier::MmuNotifier,
        shared_page::SharedPage, //
    },
    device::Engine,
    uapi::kvm::*, //
};

mod anon_count;
pub(crate) mod check_extension;
mod clock;
mod cmpxchg_guest_page;
mod coalesced_mmio;
mod create_vcpu;
mod dirty_log;
mod enable_cap;
mod get_dirty_log;
pub(crate) mod guest_memory;
pub(crate) mod io_bus;
mod ioeventfd;
pub(crate) mod last_used_slot;
mod max_vcpu_id;
mod memory_slots;
mod set_identity_map_addr;
mod set_tss_addr;
mod set_user_memory_region;

use anon_count::HIBOMA_ANON_COUNT;
use clock::Clock;
use io_bus::IoBus;
use max_vcpu_id::MaxVcpuId;
use memory_slots::MemorySlots;

// ANCHOR: object
/// A VM. Its file and those of its vCPUs own it.
#[pin_data]
pub(crate) struct Vm {
    /// The memory slots lie in this mm, and only processes that have it may call the ioctls.
    pub(crate) mm: ARef<Mm>,

    // 64 bits do not overflow; 32 would, within minutes.
    count: Atomic<i64>,

    /// Held by an ioctl while it changes a slot or reads a log, and by nothing else.
    #[pin]
    pub(crate) slots_lock: Mutex<()>,

    /// The memory slots. This lock is never held during an access to userspace.
    #[pin]
    pub(crate) memory: Mutex<MemorySlots>,

    /// How often they have changed. What a vCPU knows of a slot is true until this changes.
    generation: Atomic<u64>,

    /// Notices when the process's memory changes. Only an engine that remembers pages needs it.
    pub(crate) mmu_notifier: Option<Pin<KBox<MmuNotifier>>>,

    /// The writes that do not end `KVM_RUN`.
    #[pin]
    pub(crate) io_bus: Mutex<IoBus>,

    /// The ids of all vCPUs that were ever made.
    #[pin]
    vcpu_ids: Mutex<KVec<usize>>,

    /// Ids are below. Used with `vcpu_ids` locked.
    max_vcpu_id: MaxVcpuId,

    /// Whether an instruction that cannot be emulated is an exit, and nothing else:
    /// `KVM_CAP_EXIT_ON_EMULATION_FAILURE`.
    pub(crate) exit_on_emulation_failure: Atomic<bool>,

    /// Page 2 of every vCPU's mapping: writes for userspace to read.
    pub(crate) coalesced_mmio_ring: SharedPage,

    clock: Clock,
}
// ANCHOR_END: object

impl Vm {
    /// Makes a new VM, and returns the number of its descriptor.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, and those of [`anon_inode::getfd`].
    pub(crate) fn getfd(engine: Engine) -> Result<u32> {
        let mm = mm::grab_current()?;
        let mmu_notifier = engine.mmu_notifier(&mm)?;
        let vm = Arc::pin_init(
            try_pin_init!(Vm {
                mm,
                count: Atomic::new(0),
                slots_lock <- new_mutex!(()),
                memory <- new_mutex!(MemorySlots::new()),
                generation: Atomic::new(0),
                mmu_notifier,
                io_bus <- new_mutex!(IoBus::new()),
                vcpu_ids <- new_mutex!(KVec::new()),
                max_vcpu_id: MaxVcpuId::new(),
                exit_on_emulation_failure: Atomic::new(false),
                coalesced_mmio_ring: SharedPage::new()?,
                clock: Clock::new(),
            }),
            GFP_KERNEL_ACCOUNT,
        )?;

        anon_inode::getfd::<Self>(c"hiboma-anon", vm, flags::O_RDWR | flags::O_CLOEXEC)
    }
}

// ANCHOR: ptr
#[vtable]
impl AnonInodeFile for Vm {
    type Ptr = Arc<Self>;
    // ANCHOR_END: ptr

    // ANCHOR: anon-ioctl
    fn ioctl(vm: ArcBorrow<'_, Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        // Not KVM's, and a count that forked processes share: for everybody.
        if cmd == HIBOMA_ANON_COUNT {
            return anon_count::ioctl(&vm);
        }
        if !mm::is_current(&vm.mm) {
            return Err(EIO);
        }
        match cmd {
            KVM_CREATE_VCPU => create_vcpu::ioctl(vm, arg),
            KVM_SET_USER_MEMORY_REGION => set_user_memory_region::ioctl(&vm, arg),
            KVM_SET_USER_MEMORY_REGION2 => set_user_memory_region::ioctl2(&vm, arg),
            KVM_GET_DIRTY_LOG => get_dirty_log::ioctl(&vm, arg),
            KVM_IOEVENTFD => ioeventfd::ioctl(&vm, arg),
            KVM_REGISTER_COALESCED_MMIO => coalesced_mmio::register(&vm, arg),
            KVM_UNREGISTER_COALESCED_MMIO => coalesced_mmio::unregister(&vm, arg),
            KVM_GET_CLOCK => clock::get(&vm, arg),
            KVM_SET_CLOCK => clock::set(&vm, arg),
            KVM_ENABLE_CAP => enable_cap::ioctl(&vm, arg),
            KVM_CHECK_EXTENSION => check_extension::ioctl(arg),
            KVM_SET_TSS_ADDR => set_tss_addr::ioctl(arg),
            KVM_SET_IDENTITY_MAP_ADDR => set_identity_map_addr::ioctl(&vm, arg),

            // As `kvm_vm_ioctl()`, not as the device: `EINVAL` there, `ENOTTY` here.
            _ => Err(ENOTTY),
        }
    }
    // ANCHOR_END: anon-ioctl

    // As `kvm_vm_compat_ioctl()`: one structure holds a pointer.
    #[cfg(CONFIG_COMPAT)]
    fn compat_ioctl(vm: ArcBorrow<'_, Self>, file: &File, cmd: u32, arg: usize) -> Result<isize> {
        if cmd != KVM_GET_DIRTY_LOG {
            return Self::ioctl(vm, file, cmd, arg);
        }
        if !mm::is_current(&vm.mm) {
            return Err(EIO);
        }
        get_dirty_log::compat_ioctl(&vm, arg)
    }

    fn show_fdinfo(vm: ArcBorrow<'_, Self>, m: &SeqFile, _file: &File) {
        seq_print!(m, "hiboma-count:\t{}\n", vm.count.load(Relaxed));
    }
}
