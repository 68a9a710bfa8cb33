// SPDX-License-Identifier: GPL-2.0

//! Anonymous-inode files.
//!
//! Such a file has operations and private data, but no name in any file system: userspace sees only
//! a file descriptor, which `/proc/<pid>/fd` shows as `anon_inode:<name>`. epoll, eventfd, perf
//! events and KVM's VMs use such files.
//!
//! A driver implements [`AnonInodeFile`], and [`getfile`] creates the file. A file descriptor for
//! it comes from a [`FileDescriptorReservation`], in three steps: reserve a number, do everything
//! that can fail, and install the file last, because that cannot be undone. If the file is all that
//! you create, [`getfd`] does the three steps in one call.
//!
//! C header: [`include/linux/anon_inodes.h`](srctree/include/linux/anon_inodes.h); the
//! implementation, to which the comments here refer, is
//! [`fs/anon_inodes.c`](srctree/fs/anon_inodes.c).

use core::ptr::NonNull;
use kernel::{
    bindings,
    error::{
        from_err_ptr,
        VTABLE_DEFAULT_ERROR, //
    },
    fs::file::{
        File,
        FileDescriptorReservation, //
    },
    mm::virt::VmaNew,
    page::Page,
    prelude::*,
    seq_file::SeqFile,
    sync::{
        aref::ARef,
        poll::PollTable, //
    },
    types::ForeignOwnable, //
};

mod vtable;

// The bits of `poll`'s return value, from `include/uapi/asm-generic/poll.h`.
pub use bindings::{
    POLLHUP,
    POLLIN,
    POLLOUT,
    POLLRDNORM, //
};
use vtable::VTable;

// `bindings` does not include `linux/anon_inodes.h`. The function is `EXPORT_SYMBOL_GPL`.
#[allow(
    improper_ctypes,
    reason = "`file_operations` leads to C structs that this configuration leaves empty"
)]
extern "C" {
    fn anon_inode_getfile(
        name: *const c_char,
        fops: *const bindings::file_operations,
        private: *mut c_void,
        flags: c_int,
    ) -> *mut bindings::file;
}

/// The operations of an anonymous-inode file: its `file_operations`.
///
/// The table always contains `owner`, `release` and `llseek`; it contains `compat_ioctl` if it
/// contains `ioctl`, and `mmap` if the type has `fault`. Every other operation that the type does
/// not implement stays null, and the kernel uses its default: `poll(2)` reports the file as always
/// ready, `ioctl(2)` fails with `ENOTTY`, `mmap(2)` with `ENODEV`, `read(2)` and `write(2)` with
/// `EINVAL`. `lseek(2)` succeeds and does nothing.
///
/// # Examples
///
/// The first file returns a number from an ioctl. The second returns the number of its own file
/// descriptor: everything that can fail comes between the reservation and the installation, which
/// cannot fail.
///
/// ```
/// # use kernel::{
/// #     anon_inode::{self, AnonInodeFile},
/// #     fs::file::{flags, File, FileDescriptorReservation},
/// #     prelude::*,
/// # };
/// struct Answer(isize);
///
/// #[vtable]
/// impl AnonInodeFile for Answer {
///     type Ptr = KBox<Self>;
///
///     fn ioctl(this: &Self, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
///         match cmd {
///             0 => Ok(this.0),
///             _ => Err(ENOTTY),
///         }
///     }
/// }
///
/// fn open_answer() -> Result<u32> {
///     let answer = KBox::new(Answer(42), GFP_KERNEL_ACCOUNT)?;
///     anon_inode::getfd::<Answer>(c"answer", answer, flags::O_RDWR | flags::O_CLOEXEC)
/// }
///
/// fn open_number() -> Result<u32> {
///     let reservation = FileDescriptorReservation::get_unused_fd_flags(flags::O_CLOEXEC)?;
///     let fd = reservation.reserved_fd();
///     let answer = KBox::new(Answer(fd as isize), GFP_KERNEL_ACCOUNT)?;
///     let file = anon_inode::getfile::<Answer>(c"answer", answer, flags::O_RDWR)?;
///
///     reservation.fd_install(file);
///     Ok(fd)
/// }
/// ```
// A file lives as long as userspace keeps it open, so neither the operations nor the private data
// may borrow anything. `KBox<T>` is `ForeignOwnable` for every `T`, so both bounds need `'static`.
#[vtable]
pub trait AnonInodeFile: Sized + 'static {
    /// The owning pointer to the file's private data.
    ///
    /// The file owns it until [`release`](AnonInodeFile::release), and several tasks may borrow it
    /// at the same time.
    type Ptr: ForeignOwnable + Send + Sync + 'static;

    /// Called once, when the last reference to the file is dropped: every descriptor is closed and
    /// every mapping removed.
    ///
    /// Needed only if dropping `Ptr` is not enough, for example because there are other owners, as
    /// in `kvm_vm_release()`.
    // Gets no `&File`: its reference count is dead, and an `ARef` taken now would outlive it.
    fn release(this: Self::Ptr) {
        drop(this);
    }

    /// Handles `poll(2)`, `select(2)` and epoll: returns the events for which the file is ready
    /// now, such as [`POLLIN`].
    ///
    /// First register `table` with a [`PollCondVar`] of `Self`, then check the state: no event is
    /// missed if the code that makes the file ready notifies that variable afterwards.
    ///
    /// [`PollCondVar`]: kernel::sync::poll::PollCondVar
    fn poll(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _table: PollTable<'_>,
    ) -> u32 {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Handles `mmap(2)`.
    ///
    /// The VMA is being set up; [`VmaNew`] documents the permitted changes. The VMA keeps the file
    /// open until it is unmapped.
    ///
    /// The C operation is deprecated in favour of `mmap_prepare`
    /// (`Documentation/filesystems/mmap_prepare.rst`). The kernel crate does not support
    /// `mmap_prepare` yet, and KVM's vCPUs still use `mmap`.
    fn mmap(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _vma: &VmaNew,
    ) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Returns page number `pgoff`, counted from the beginning of the file, when a mapping of the
    /// file is first accessed there.
    ///
    /// Returns `None` if there is no such page, because a mapping may have any length; the access
    /// then raises SIGBUS. A type that implements `fault` needs no [`mmap`](AnonInodeFile::mmap),
    /// which is not called then.
    ///
    /// KVM's counterpart is `kvm_vcpu_fault()`.
    fn fault<'a>(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'a>,
        _pgoff: usize,
    ) -> Option<&'a Page>
    where
        Self: 'a,
    {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Handles `ioctl(2)`.
    ///
    /// The kernel truncates the result to an `int` (`vfs_ioctl()` in
    /// [`fs/ioctl.c`](srctree/fs/ioctl.c)), and C libraries take -4095 to -1 for an errno.
    fn ioctl(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _cmd: u32,
        _arg: usize,
    ) -> Result<isize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Handles `ioctl(2)` from 32-bit programs on a 64-bit kernel.
    ///
    /// Needed if an argument is a plain integer, or points to data that 32-bit programs lay out
    /// differently. The default, `compat_ptr_ioctl`, supports neither: it converts the argument as
    /// a pointer and calls [`ioctl`](AnonInodeFile::ioctl).
    #[cfg(CONFIG_COMPAT)]
    fn compat_ioctl(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _cmd: u32,
        _arg: usize,
    ) -> Result<isize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Adds lines to `/proc/<pid>/fdinfo/<fd>`, by convention of the form `key:\tvalue\n`.
    fn show_fdinfo(_this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>, _m: &SeqFile, _file: &File) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

// ANCHOR: getfd
/// Creates an anonymous-inode file and a file descriptor for it, and returns the descriptor.
///
/// The access mode and `O_NONBLOCK` in `flags` apply to the file, `O_CLOEXEC` to the descriptor;
/// the constants are in [`kernel::fs::file::flags`].
///
/// Do nothing that can fail after this call: userspace can use the descriptor at once, and may have
/// closed it before this function returns. If a step that can fail must follow, use [`getfile`].
/// Its rule for a module's `init` applies to this function too.
///
/// # Errors
///
/// `EMFILE` if no descriptor is left, and the errors of [`getfile`]. On error, `data` is dropped
/// and nothing else is left behind.
pub fn getfd<T: AnonInodeFile>(name: &CStr, data: T::Ptr, flags: u32) -> Result<u32> {
    // As `anon_inode_getfd()` does, by `FD_ADD()`. An error drops the reservation and `data`.
    let reservation = FileDescriptorReservation::get_unused_fd_flags(flags)?;
    let file = getfile::<T>(name, data, flags)?;

    let fd = reservation.reserved_fd();
    reservation.fd_install(file);
    Ok(fd)
}
// ANCHOR_END: getfd

// ANCHOR: getfile
/// Creates an anonymous-inode file without a file descriptor.
///
/// The access mode and `O_NONBLOCK` in `flags` apply to the file; `O_CLOEXEC` applies to a
/// descriptor, so pass it to [`get_unused_fd_flags`].
///
/// On success the file owns `data`, and releases it with its last reference: the one returned here,
/// or a descriptor's. If a system call drops the last reference, the file is released when that
/// system call returns to userspace, not at once.
///
/// In a module's `init`, call this only after every step that can fail: a module whose `init` fails
/// is freed even if references to it exist (`do_init_module()` in
/// [`kernel/module/main.c`](srctree/kernel/module/main.c)), and the file would be released by a
/// table in freed memory.
///
/// # Errors
///
/// `ENFILE` if no more files may be open; `ENOMEM` if memory runs out; `ENOENT` if the module is
/// being unloaded. `data` is then dropped.
///
/// [`get_unused_fd_flags`]: FileDescriptorReservation::get_unused_fd_flags
pub fn getfile<T: AnonInodeFile>(name: &CStr, data: T::Ptr, flags: u32) -> Result<ARef<File>> {
    let private = data.into_foreign();

    // SAFETY: `name` is valid during the call, which copies it. The table is static, in the memory
    // of its owner module, and the file holds a reference to that module. (This protects the table
    // only if `init` does not fail afterwards; nothing checks that.) `private` has the type that
    // the operations expect, and the file owns it from here on.
    let file = unsafe {
        anon_inode_getfile(
            name.as_char_ptr(),
            VTable::<T>::build(),
            private,
            flags as c_int,
        )
    };

    match from_err_ptr(file) {
        // SAFETY: `file` is not an error, so it is valid, and the only reference to it is ours to
        // give to the `ARef`. `File` is a transparent wrapper, and no task can be in an `fdget_pos`
        // region of a file that never had a descriptor.
        Ok(file) => Ok(unsafe { ARef::from_raw(NonNull::new_unchecked(file.cast::<File>())) }),
        Err(err) => {
            // SAFETY: `private` comes from `into_foreign` above. `anon_inode_getfile()` stores it
            // in the file after everything that can fail; so on error we still own it.
            drop(unsafe { T::Ptr::from_foreign(private) });
            Err(err)
        }
    }
}
// ANCHOR_END: getfile
