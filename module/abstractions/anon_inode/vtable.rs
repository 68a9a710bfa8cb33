// SPDX-License-Identifier: GPL-2.0

//! [`VTable`]: the `file_operations` of an anonymous-inode file, as C calls them.
//!
//! C header: [`include/linux/fs.h`](srctree/include/linux/fs.h).

use core::marker::PhantomData;
use kernel::{
    bindings,
    error::from_result,
    fs::file::File,
    mm::virt::{
        VmaMixedMap,
        VmaNew, //
    },
    module::this_module,
    page::PAGE_MASK,
    prelude::*,
    seq_file::SeqFile,
    sync::poll::PollTable,
    types::ForeignOwnable, //
};

use super::AnonInodeFile;

/// The `file_operations` of an [`AnonInodeFile`].
///
/// # Invariants
///
/// - Only [`getfile`](super::getfile) gives this table to a file, always with private data from
///   `T::Ptr::into_foreign`. Below, such a file is called a file of `T`. Its private data never
///   changes, and the file owns it until `release`.
/// - `T::OwnerModule` is the module that contains this table: `#[vtable]` takes it from the crate
///   that implements `T`, and that crate also calls [`getfile`](super::getfile). (For a `T` in the
///   kernel crate it would be `kernel::LocalModule`, which means no owner.)
/// - No operation of the table moves the file position, so nothing can race with an `fdget_pos`
///   region that does not hold the `f_pos_lock`.
pub(super) struct VTable<T: AnonInodeFile>(PhantomData<T>);

impl<T: AnonInodeFile> VTable<T> {
    // ANCHOR: borrow
    /// Returns the private data and the file. Every operation but `release` starts with it.
    ///
    /// # Safety
    ///
    /// `file` must be a file of `T`, and a reference to it must be held throughout `'a`.
    unsafe fn borrow<'a>(
        file: *mut bindings::file,
    ) -> (<T::Ptr as ForeignOwnable>::Borrowed<'a>, &'a File) {
        // SAFETY: The file is valid, and its private data never changes.
        let private = unsafe { (*file).private_data };
        // SAFETY: By the type invariants, `private` comes from `into_foreign`. Only `release`
        // passes it to `from_foreign`, and `release` is not called while a reference to the file is
        // held, so not during `'a`.
        let this = unsafe { T::Ptr::borrow(private) };
        // SAFETY: A reference is held throughout `'a`; and by the type invariants, `fdget_pos`
        // regions do not matter to a file of `T`.
        (this, unsafe { File::from_raw_file(file) })
    }
    // ANCHOR_END: borrow

    // ANCHOR: release
    /// # Safety
    ///
    /// `file` must be a file of `T` that is being released.
    unsafe extern "C" fn release(_inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: The file is valid, and its private data never changes.
        let private = unsafe { (*file).private_data };
        // SAFETY: By the type invariants, `private` comes from `into_foreign`. The kernel releases
        // a file once and calls no operation afterwards. Every borrow needed a reference to the
        // file, and none is left.
        let this = unsafe { T::Ptr::from_foreign(private) };
        T::release(this);

        0
    }
    // ANCHOR_END: release

    /// # Safety
    ///
    /// `file` must be a file of `T`; `table` must be null, or valid during the call.
    unsafe extern "C" fn poll(
        file: *mut bindings::file,
        table: *mut bindings::poll_table_struct,
    ) -> bindings::__poll_t {
        // SAFETY: The caller of this operation holds a reference to the file during the call.
        let (this, file) = unsafe { Self::borrow(file) };
        // SAFETY: By the requirements of this function.
        let table = unsafe { PollTable::from_raw(table) };

        T::poll(this, file, table)
    }

    /// # Safety
    ///
    /// `file` must be a file of `T`, and `vma` a VMA that is being set up to map it.
    unsafe extern "C" fn mmap(
        file: *mut bindings::file,
        vma: *mut bindings::vm_area_struct,
    ) -> c_int {
        // SAFETY: `mmap(2)` holds a reference to the file during the call.
        let (this, file) = unsafe { Self::borrow(file) };
        // SAFETY: By the requirements of this function, the VMA is being set up during the call.
        let vma = unsafe { VmaNew::from_raw(vma) };

        from_result(|| T::mmap(this, file, vma).map(|()| 0))
    }

    // ANCHOR: mmap-by-fault
    /// Leaves the mapping empty, and sets the `vm_ops` that fault in its pages.
    ///
    /// # Safety
    ///
    /// `file` must be a file of `T`, and `vma` a VMA that is being set up to map it.
    unsafe extern "C" fn mmap_by_fault(
        _file: *mut bindings::file,
        vma: *mut bindings::vm_area_struct,
    ) -> c_int {
        // SAFETY: By the requirements of this function, the VMA is being set up during the call,
        // and no other code uses it yet.
        unsafe {
            VmaNew::from_raw(vma).set_mixedmap();
            (*vma).vm_ops = &Self::VM_OPS;
        }
        0
    }
    // ANCHOR_END: mmap-by-fault

    // ANCHOR: fault
    /// # Safety
    ///
    /// `vmf` must describe a fault in a VMA that maps a file of `T`, with the mmap read lock held.
    unsafe extern "C" fn fault(vmf: *mut bindings::vm_fault) -> bindings::vm_fault_t {
        // SAFETY: The mmap read lock keeps the VMA, which holds a reference to the file.
        let (vma, pgoff, address, (this, _file)) = unsafe {
            let fault = &(*vmf).__bindgen_anon_1;
            let file = Self::borrow((*fault.vma).vm_file);
            (fault.vma, fault.pgoff, fault.address, file)
        };
        let Some(page) = T::fault(this, pgoff) else {
            return bindings::vm_fault_reason_VM_FAULT_SIGBUS;
        };
        // SAFETY: `mmap_by_fault` made it a mixed map. Without `map_pages`, the mmap lock is held.
        let vma = unsafe { VmaMixedMap::from_raw(vma) };
        match vma.vm_insert_page(address & PAGE_MASK, page) {
            // `EBUSY`: another thread has faulted in the page at the same time.
            Ok(()) | Err(EBUSY) => bindings::vm_fault_reason_VM_FAULT_NOPAGE,
            Err(ENOMEM) => bindings::vm_fault_reason_VM_FAULT_OOM,
            Err(_) => bindings::vm_fault_reason_VM_FAULT_SIGBUS,
        }
    }
    // ANCHOR_END: fault

    // ANCHOR: ioctl
    /// # Safety
    ///
    /// `file` must be a file of `T`.
    unsafe extern "C" fn ioctl(file: *mut bindings::file, cmd: c_uint, arg: c_ulong) -> c_long {
        // SAFETY: `ioctl(2)` holds a reference to the file during the call.
        let (this, file) = unsafe { Self::borrow(file) };

        from_result(|| T::ioctl(this, file, cmd, arg))
    }
    // ANCHOR_END: ioctl

    /// # Safety
    ///
    /// `file` must be a file of `T`.
    #[cfg(CONFIG_COMPAT)]
    unsafe extern "C" fn compat_ioctl(
        file: *mut bindings::file,
        cmd: c_uint,
        arg: c_ulong,
    ) -> c_long {
        // SAFETY: `ioctl(2)` holds a reference to the file during the call.
        let (this, file) = unsafe { Self::borrow(file) };

        from_result(|| T::compat_ioctl(this, file, cmd, arg))
    }

    /// # Safety
    ///
    /// `file` must be a file of `T`, and `m` a `seq_file` that only this call uses.
    unsafe extern "C" fn show_fdinfo(m: *mut bindings::seq_file, file: *mut bindings::file) {
        // SAFETY: procfs holds a reference to the file during the call.
        let (this, file) = unsafe { Self::borrow(file) };
        // SAFETY: By the requirements of this function.
        let m = unsafe { SeqFile::from_raw(m) };

        T::show_fdinfo(this, m, file);
    }

    const VM_OPS: bindings::vm_operations_struct = bindings::vm_operations_struct {
        fault: Some(Self::fault),
        ..pin_init::zeroed()
    };

    // ANCHOR: fops
    const VTABLE: bindings::file_operations = bindings::file_operations {
        // ANCHOR: owner
        // Every file holds a reference to this module, from `anon_inode_getfile()` until after
        // `release`. Without an owner, rmmod would succeed while descriptors are open, and the next
        // use of one, even `close(2)`, would look for this table in freed memory.
        owner: this_module::<T::OwnerModule>().as_ptr(),
        // ANCHOR_END: owner
        // As in KVM: `lseek(2)` succeeds and moves nothing. Without it: `ESPIPE`.
        llseek: Some(bindings::noop_llseek),
        release: Some(Self::release),
        poll: if T::HAS_POLL { Some(Self::poll) } else { None },
        mmap: if T::HAS_FAULT {
            Some(Self::mmap_by_fault)
        } else if T::HAS_MMAP {
            Some(Self::mmap)
        } else {
            None
        },
        unlocked_ioctl: if T::HAS_IOCTL {
            Some(Self::ioctl)
        } else {
            None
        },
        #[cfg(CONFIG_COMPAT)]
        compat_ioctl: if T::HAS_COMPAT_IOCTL {
            Some(Self::compat_ioctl)
        } else if T::HAS_IOCTL {
            bindings::compat_ptr_ioctl
        } else {
            None
        },
        show_fdinfo: if T::HAS_SHOW_FDINFO {
            Some(Self::show_fdinfo)
        } else {
            None
        },
        ..pin_init::zeroed()
    };
    // ANCHOR_END: fops

    // Rust has no generic `static`, and `file_operations` is not `Sync`; a reference to a constant
    // is promoted to `'static` instead. Its address is not unique, so code that compares `f_op`, as
    // KVM's `file_is_kvm()` does, cannot rely on it.
    pub(super) const fn build() -> &'static bindings::file_operations {
        &Self::VTABLE
    }
}
