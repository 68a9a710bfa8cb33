// SPDX-License-Identifier: GPL-2.0

//! Anonymous-inode files.
//!
//! A file that has operations and private data, but no name in any file system: all that user
//! space ever sees of it is a descriptor, which `/proc/<pid>/fd` shows as `anon_inode:<name>`.
//! epoll, eventfd, perf events and KVM's virtual machines are made this way.
//!
//! [`AnonInodeFile`] is what such a file does, and [`getfile`] makes one. A descriptor for it comes
//! from a [`FileDescriptorReservation`]: a number is reserved first, then whatever else may fail is
//! done, and the file is installed last, which cannot be taken back. Where the file is all there is
//! to make, [`getfd`] does these three in one call.
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

// What a file can be ready for, in `poll`'s answer: `include/uapi/asm-generic/poll.h`.
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

/// What an anonymous-inode file does: its `file_operations`.
///
/// Of `poll`, `ioctl`, `mmap` and `show_fdinfo`, those that are not given stay null in the table, as
/// does all that is not in this trait, and the kernel answers for them: always ready to `poll(2)`,
/// `ENOTTY` to `ioctl(2)`, `ENODEV` to `mmap(2)`, `EINVAL` to `read(2)` and `write(2)`. `owner`, `release` and `llseek` are always
/// there, `compat_ioctl` wherever `ioctl` is, `mmap` wherever `fault` is. `lseek(2)` succeeds and
/// does nothing.
///
/// # Examples
///
/// A file that can be asked for a number, and a descriptor for it. Then a file that is to answer
/// with the number of its own descriptor: what can fail comes between the reservation and the
/// installation, which cannot.
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
// A file lives as long as user space keeps it, so neither the operations nor the private data may
// borrow from anything: `KBox<T>` is `ForeignOwnable` for every `T`, hence the two `'static`.
#[vtable]
pub trait AnonInodeFile: Sized + 'static {
    /// The owner of the file's private data.
    ///
    /// It belongs to the file until [`release`](AnonInodeFile::release), and several tasks may
    /// borrow it at once.
    type Ptr: ForeignOwnable + Send + Sync + 'static;

    /// Called once, when the last reference to the file is gone: every descriptor closed, every
    /// mapping removed.
    ///
    /// Only needed where that differs from dropping `Ptr`, as it does where other owners remain:
    /// `kvm_vm_release()` is an example.
    // Gets no `&File`: the reference count is dead, and an `ARef` taken now would outlive the file.
    fn release(this: Self::Ptr) {
        drop(this);
    }

    /// Handler for `poll(2)`, `select(2)` and epoll: what the file is ready for now, [`POLLIN`] and
    /// the like.
    ///
    /// First registers `table` with a [`PollCondVar`] of `Self`, then looks: what happens in between
    /// is not missed then, if whoever makes the file ready notifies that variable afterwards.
    ///
    /// [`PollCondVar`]: kernel::sync::poll::PollCondVar
    fn poll(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _table: PollTable<'_>,
    ) -> u32 {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Handler for `mmap(2)`.
    ///
    /// The area is being set up; [`VmaNew`] says what may be done with it. It keeps the file open
    /// until it is unmapped.
    ///
    /// The C operation is deprecated in favour of `mmap_prepare`
    /// (`Documentation/filesystems/mmap_prepare.rst`). The kernel crate has no abstraction of that
    /// one yet, and KVM's vCPUs still have this one.
    fn mmap(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _vma: &VmaNew,
    ) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Gives a mapping its page number `pgoff`, counted from the beginning of the file, when it is
    /// first touched.
    ///
    /// The mapping may have any length: it is here that a page which is not there is missed, and
    /// whoever touches it gets SIGBUS. A type that has this has no use for
    /// [`mmap`](AnonInodeFile::mmap), which is not called then.
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

    /// Handler for `ioctl(2)`.
    ///
    /// The kernel cuts the result to an `int` (`vfs_ioctl()` in
    /// [`fs/ioctl.c`](srctree/fs/ioctl.c)), and C libraries take -4095 to -1 for an errno.
    fn ioctl(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _cmd: u32,
        _arg: usize,
    ) -> Result<isize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Handler for `ioctl(2)` as 32-bit programs call it on a 64-bit kernel.
    ///
    /// Needed where an argument is a plain integer, or points to something that 32-bit programs lay
    /// out differently. `compat_ptr_ioctl`, which otherwise stands in, is for neither: it converts
    /// the argument as a pointer and calls [`ioctl`](AnonInodeFile::ioctl).
    #[cfg(CONFIG_COMPAT)]
    fn compat_ioctl(
        _this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>,
        _file: &File,
        _cmd: u32,
        _arg: usize,
    ) -> Result<isize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Adds lines to `/proc/<pid>/fdinfo/<fd>`, by custom of the form `key:\tvalue\n`.
    fn show_fdinfo(_this: <Self::Ptr as ForeignOwnable>::Borrowed<'_>, _m: &SeqFile, _file: &File) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

// ANCHOR: getfd
/// Makes an anonymous-inode file and a descriptor for it, and returns the descriptor's number.
///
/// Of `flags` the file takes the access mode and `O_NONBLOCK`, the descriptor `O_CLOEXEC`; they are
/// those of [`kernel::fs::file::flags`].
///
/// Nothing that can fail may follow: once this function returns, the descriptor is in the hands of
/// user space, which may have closed it already. Where something does follow, use [`getfile`].
/// What is said there about a module's `init` goes for this function too.
///
/// # Errors
///
/// `EMFILE` where no descriptor is left, and those of [`getfile`]. `data` has then been dropped,
/// and nothing else is left behind.
pub fn getfd<T: AnonInodeFile>(name: &CStr, data: T::Ptr, flags: u32) -> Result<u32> {
    // What `anon_inode_getfd()` itself does, by `FD_ADD()`. An error drops what there is by then.
    let reservation = FileDescriptorReservation::get_unused_fd_flags(flags)?;
    let file = getfile::<T>(name, data, flags)?;

    let fd = reservation.reserved_fd();
    reservation.fd_install(file);
    Ok(fd)
}
// ANCHOR_END: getfd

// ANCHOR: getfile
/// Makes an anonymous-inode file that has no descriptor yet.
///
/// Of `flags` the file takes the access mode and `O_NONBLOCK`; `O_CLOEXEC` is the descriptor's and
/// goes to [`get_unused_fd_flags`].
///
/// From here on the file owns `data`: it is released with the last reference, be that the one
/// returned here or a descriptor's. Dropping the reference in a system call releases the file when
/// that system call returns to user space, not at once.
///
/// Not for a module's `init` before everything there that can fail has succeeded: a module whose
/// `init` fails is freed whatever references there are (`do_init_module()` in
/// [`kernel/module/main.c`](srctree/kernel/module/main.c)), and the file would be released by a
/// table that is gone.
///
/// # Errors
///
/// `ENFILE` where no file is left, `ENOMEM`, `ENOENT` where the module is being unloaded. `data`
/// has then been dropped.
///
/// [`get_unused_fd_flags`]: FileDescriptorReservation::get_unused_fd_flags
pub fn getfile<T: AnonInodeFile>(name: &CStr, data: T::Ptr, flags: u32) -> Result<ARef<File>> {
    let private = data.into_foreign();

    // SAFETY: `name` is copied before the call returns. The table is static, in the memory of the
    // module that it names as its owner, to which the file holds a reference. (That keeps the table
    // only if `init` does not fail afterwards. It must not; nothing checks that.) `private` is what
    // its operations expect, and belongs to the file from here on.
    let file = unsafe {
        anon_inode_getfile(
            name.as_char_ptr(),
            VTable::<T>::build(),
            private,
            flags as c_int,
        )
    };

    match from_err_ptr(file) {
        // SAFETY: Not an error, so `file` points to a file, the one reference to which is ours to
        // give to the `ARef`. `File` is a transparent wrapper, and nobody can be in an `fdget_pos`
        // region of a file that never had a descriptor.
        Ok(file) => Ok(unsafe { ARef::from_raw(NonNull::new_unchecked(file.cast::<File>())) }),
        Err(err) => {
            // SAFETY: `private` comes from `into_foreign` above. It becomes the file's last of all,
            // where nothing can fail any more; so on error it is still ours.
            drop(unsafe { T::Ptr::from_foreign(private) });
            Err(err)
        }
    }
}
// ANCHOR_END: getfile
