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
    rbtree::RBTree,
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
        shared_page::SharedPage, //
    },
    uapi::kvm::*, //
};

mod anon_count;
pub(crate) mod check_extension;
mod cmpxchg_guest_page;
mod create_vcpu;
mod dirty_log;
mod get_dirty_log;
pub(crate) mod guest_memory;
pub(crate) mod ioeventfd;
pub(crate) mod last_used_slot;
mod memory_slots;
mod set_identity_map_addr;
mod set_tss_addr;
mod set_user_memory_region;

use anon_count::HIBOMA_ANON_COUNT;
use ioeventfd::IoEventFds;
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

    /// The writes that signal an eventfd, instead of ending `KVM_RUN`.
    #[pin]
    pub(crate) ioeventfds: Mutex<IoEventFds>,

    /// The ids of all vCPUs that were ever made.
    #[pin]
    vcpu_ids: Mutex<KVec<usize>>,

    /// Page 2 of every vCPU's mapping: a ring that stays empty, since nothing asks to be collected.
    pub(crate) coalesced_mmio_ring: SharedPage,
}
// ANCHOR_END: object

impl Vm {
    /// Makes a new VM, and returns the number of its descriptor.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, and those of [`anon_inode::getfd`].
    pub(crate) fn getfd() -> Result<u32> {
        let vm = Arc::pin_init(
            try_pin_init!(Vm {
                mm: mm::grab_current()?,
                count: Atomic::new(0),
                slots_lock <- new_mutex!(()),
                memory <- new_mutex!(MemorySlots::new()),
                generation: Atomic::new(0),
                ioeventfds <- new_mutex!(RBTree::new()),
                vcpu_ids <- new_mutex!(KVec::new()),
                coalesced_mmio_ring: SharedPage::new()?,
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
            KVM_GET_DIRTY_LOG => get_dirty_log::ioctl(&vm, arg),
            KVM_IOEVENTFD => ioeventfd::ioctl(&vm, arg),
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
