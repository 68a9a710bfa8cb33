// SPDX-License-Identifier: GPL-2.0

//! The VM behind `anon_inode:hiboma-anon`, created by `KVM_CREATE_VM` and `HIBOMA_OPEN_FD`.
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
/// A VM. Its file and each of its vCPUs hold a reference to it.
#[pin_data]
pub(crate) struct Vm {
    /// The mm that backs the memory slots. Only processes that use it may call KVM's ioctls.
    pub(crate) mm: ARef<Mm>,

    // 64 bits: 32 would overflow within minutes.
    count: Atomic<i64>,

    /// Taken only by ioctls that change a slot or read a dirty log.
    #[pin]
    pub(crate) slots_lock: Mutex<()>,

    /// The memory slots. This lock is never held while userspace memory is accessed.
    #[pin]
    pub(crate) memory: Mutex<MemorySlots>,

    /// Counts changes of the slots and reads of a log. Each makes cached slots invalid.
    generation: Atomic<u64>,

    /// Tracks changes of the mm for SVM, which caches its pages. `None` with the interpreter.
    pub(crate) mmu_notifier: Option<Pin<KBox<MmuNotifier>>>,

    /// Ioeventfds and coalesced zones: writes to them do not end `KVM_RUN`.
    #[pin]
    pub(crate) io_bus: Mutex<IoBus>,

    /// The ids of all vCPUs ever created.
    #[pin]
    vcpu_ids: Mutex<KVec<usize>>,

    /// Every vCPU id is below this limit. Protected by `vcpu_ids`.
    max_vcpu_id: MaxVcpuId,

    /// If set, an instruction that cannot be emulated only causes an exit, without `#UD`:
    /// `KVM_CAP_EXIT_ON_EMULATION_FAILURE`.
    pub(crate) exit_on_emulation_failure: Atomic<bool>,

    /// Page 2 of every vCPU's mapping: the ring of coalesced writes.
    pub(crate) coalesced_mmio_ring: SharedPage,

    clock: Clock,
}
// ANCHOR_END: object

impl Vm {
    /// Creates a VM and returns a file descriptor for it.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; the errors of [`mm::grab_current`] and of [`anon_inode::getfd`].
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
        // Not an ioctl of KVM: a forked process, which has another mm, may call it too.
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

            // As in `kvm_vm_ioctl()`: `ENOTTY`, where the device returns `EINVAL`.
            _ => Err(ENOTTY),
        }
    }
    // ANCHOR_END: anon-ioctl

    // As in `kvm_vm_compat_ioctl()`: only one of the structures contains a pointer.
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
