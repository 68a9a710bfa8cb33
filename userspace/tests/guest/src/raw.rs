// SPDX-License-Identifier: MIT OR Apache-2.0

//! System calls by number, for calls that no well-behaved program makes.

use std::arch::asm;
use std::ffi::c_int;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use kvm_bindings::KVMIO;
use nix::errno::Errno;
use nix::libc;

use crate::kvm::Memory;

/// The number of `KVM_GET_API_VERSION`, on `/dev/kvm`.
pub const KVM_GET_API_VERSION: u64 = nix::request_code_none!(KVMIO, 0x00);

const KVM_CREATE_VM: u64 = nix::request_code_none!(KVMIO, 0x01);

/// The number of `FIGETBSZ` (`include/uapi/linux/fs.h`), which the VFS handles for any file.
const FIGETBSZ: u64 = nix::request_code_none!(0, 2);

/// Calls `ioctl(2)` with any number and argument.
///
/// # Panics
///
/// Panics if the argument could be an address: no ioctl may access this process's memory by it.
pub fn ioctl(fd: impl AsFd, number: u64, argument: u64) -> nix::Result<c_int> {
    assert!(!(0x1000..1 << 47).contains(&argument), "an address");
    // SAFETY: `fd` is open for as long as it is borrowed. The argument is no address of
    // this process: page 0 is never mapped, and addresses from bit 47 on are kernel space.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), number, argument) };
    Errno::result(result)
}

/// Calls `ioctl(2)` like a 32-bit program, by `int $0x80`: see `arch/x86/entry/`.
///
/// The process gets SIGSEGV if the kernel has no `CONFIG_IA32_EMULATION`.
pub fn compat_ioctl(fd: impl AsFd, number: u64) -> nix::Result<c_int> {
    compat_ioctl_by_address(fd, number, 0)
}

/// The same with a structure at the start of this memory, which must be below 4 GiB.
pub fn compat_ioctl_with(fd: impl AsFd, number: u64, memory: &Memory) -> nix::Result<c_int> {
    let address = u32::try_from(memory.address()).expect("a 32-bit address");
    compat_ioctl_by_address(fd, number, address)
}

/// Calls it with 0 or with the address of a [`Memory`].
fn compat_ioctl_by_address(fd: impl AsFd, number: u64, argument: u32) -> nix::Result<c_int> {
    /// `__NR_ioctl` of `arch/x86/entry/syscalls/syscall_32.tbl`.
    const IOCTL: u64 = 54;

    let fd = fd.as_fd().as_raw_fd();
    let mut result = IOCTL;
    // SAFETY: `fd` is open. The argument is no address of this process,
    // or that of memory to which no reference exists. LLVM reserves
    // `rbx`, so it is restored. The entry clears only r8 to r11.
    unsafe {
        asm!(
            "xchg rbx, {fd}",
            "int 0x80",
            "xchg rbx, {fd}",
            fd = inout(reg) u64::from(fd.cast_unsigned()) => _,
            inout("rax") result,
            in("rcx") number,
            in("rdx") u64::from(argument),
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
        );
    }
    // The result has 32 bits; an error is a negative errno.
    match result as i32 {
        errno @ -4095..0 => Err(Errno::from_raw(-errno)),
        value => Ok(value),
    }
}

/// Calls `FIGETBSZ`: the block size of the file's file system.
pub fn block_size(fd: impl AsFd) -> nix::Result<c_int> {
    let mut size = 0;
    // SAFETY: `fd` is open for as long as it is borrowed, and the VFS writes one `int`.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), FIGETBSZ, &raw mut size) };
    Errno::result(result).map(|_| size)
}

/// Calls `KVM_CREATE_VM`. The file must be `/dev/kvm`.
pub(crate) fn kvm_create_vm(kvm: File) -> nix::Result<OwnedFd> {
    let fd = ioctl(kvm, KVM_CREATE_VM, 0)?;
    // SAFETY: KVM has just created it, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
