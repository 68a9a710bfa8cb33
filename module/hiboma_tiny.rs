// SPDX-License-Identifier: GPL-2.0

//! `/dev/hiboma`: the first two layers of KVM's interface, with no VM behind them.
//!
//! The Rust twin of `comparisons/c/hiboma.c`: the same module, in the same order. (Both register
//! the same device: load only one at a time.) `anon_inode` is an abstraction that the kernel
//! crate lacks. `ANCHOR` marks what the book shows.

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IO,
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

#[path = "abstractions/anon_inode/mod.rs"]
pub mod anon_inode;
#[path = "uapi/hiboma.rs"]
pub mod uapi;

use anon_inode::AnonInodeFile;
use uapi::*;

const HIBOMA_ANON_COUNT: u32 = _IO(HIBOMAIO, HIBOMA_ANON_COUNT_NR);

// ANCHOR: object
/// The private data of one open file.
struct HibomaAnon {
    // 64 bits: 32 would overflow within minutes.
    count: Atomic<i64>,
}
// ANCHOR_END: object

// ANCHOR: anon-fops
#[vtable]
impl AnonInodeFile for HibomaAnon {
    // ANCHOR: ptr
    type Ptr = KBox<Self>;
    // ANCHOR_END: ptr

    fn ioctl(anon: &Self, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            HIBOMA_ANON_COUNT => {
                let count = anon.count.fetch_add(1, Relaxed) + 1;
                // The kernel truncates the result to an int: a larger count would become negative.
                Ok(i32::try_from(count).map_err(|_| EOVERFLOW)? as isize)
            }
            // As in kvm_vm_ioctl(): ENOTTY, where the device returns EINVAL.
            _ => Err(ENOTTY),
        }
    }

    fn show_fdinfo(anon: &Self, m: &SeqFile, _file: &File) {
        seq_print!(m, "hiboma-count:\t{}\n", anon.count.load(Relaxed));
    }
}
// ANCHOR_END: anon-fops

// ANCHOR: getfd
impl HibomaAnon {
    /// Creates an object and returns a file descriptor; the open file owns the object.
    fn getfd() -> Result<u32> {
        let count = Atomic::new(0);
        let anon = KBox::new(HibomaAnon { count }, GFP_KERNEL_ACCOUNT)?;

        // ANCHOR: flags
        anon_inode::getfd::<Self>(c"hiboma-anon", anon, flags::O_RDWR | flags::O_CLOEXEC)
        // ANCHOR_END: flags
    }
}
// ANCHOR_END: getfd

/// The device. Neither the device nor its open files have any state.
struct HibomaDevice;

// ANCHOR: device-fops
#[vtable]
impl MiscDevice for HibomaDevice {
    type Ptr = ();

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result {
        Ok(())
    }

    // ANCHOR: ioctl
    // The argument is ignored: a C program may leave it out.
    #[inline(always)]
    fn ioctl(_device: (), _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            HIBOMA_GET_VERSION => Ok(HIBOMA_VERSION as isize),
            HIBOMA_OPEN_FD => Ok(HibomaAnon::getfd()? as isize),
            _ => Err(EINVAL),
        }
    }
    // ANCHOR_END: ioctl
}
// ANCHOR_END: device-fops

// ANCHOR: register
const HIBOMA_DEVICE: MiscDeviceOptions = MiscDeviceOptions { name: c"hiboma" };
// ANCHOR_END: register

// ANCHOR: module
#[pin_data]
struct HibomaModule {
    #[pin]
    _device: MiscDeviceRegistration<HibomaDevice>,
    // Fields are dropped in declaration order: this one after the device is deregistered.
    _log: Log,
}

// ANCHOR: init
impl kernel::InPlaceModule for HibomaModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            // Nothing after this may fail: userspace can open the device from here on.
            _device <- MiscDeviceRegistration::register(HIBOMA_DEVICE),
            _: { pr_info!("registered /dev/hiboma\n") },
            _log: Log,
        })
    }
}
// ANCHOR_END: init

struct Log;

impl Drop for Log {
    fn drop(&mut self) {
        pr_info!("deregistered /dev/hiboma\n");
    }
}
// ANCHOR_END: module

module! {
    type: HibomaModule,
    name: "hiboma_tiny",
    authors: ["The hiboma-rs authors"],
    description: "The layering of KVM's interface, to learn from, in Rust",
    license: "GPL",
}
