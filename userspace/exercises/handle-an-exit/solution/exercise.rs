// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a hypervisor for one guest of 64 bytes, which the CPU executes by `vmrun`.
//!
//! `svm.rs` is its run loop, and `exits.rs` decides what follows an exit. There is nothing to do in
//! this file.

use kernel::{
    fs::File,
    ioctl::{
        _IO,
        _IOWR, //
    },
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    prelude::*, //
};
use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout, //
};

mod abstractions;
mod exits;
mod svm;
#[path = "../../../../module/uaccess.rs"]
mod uaccess;
mod vcpu;

use uaccess::{
    copy_from_user,
    copy_to_user, //
};

/// The type byte of this device's numbers.
const EXERCISE_IO: u32 = 0xBB;

/// Returns the version of this interface. The argument is ignored.
const EXERCISE_VERSION: u32 = _IO(EXERCISE_IO, 0x00);

/// Runs a [`Guest`] until an exit that userspace must handle.
const EXERCISE_RUN: u32 = _IOWR::<Guest>(EXERCISE_IO, 0x20);

/// A guest in real mode, in the layout of the program's memory.
#[repr(C)]
#[derive(FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct Guest {
    /// At address 0. The rest of the guest's page is 0.
    code: [u8; 64],
    /// RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15: the order of the instruction encoding.
    regs: [u64; 16],
    rip: u64,
    /// The exit code, written by the device.
    exit_code: u64,
}

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "A hypervisor that lacks a handler",
    license: "GPL",
}

#[pin_data]
struct ExerciseModule {
    #[pin]
    _device: MiscDeviceRegistration<Device>,
}

impl kernel::InPlaceModule for ExerciseModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let options = MiscDeviceOptions { name: c"exercise" };

        try_pin_init!(Self {
            _device <- MiscDeviceRegistration::register(options),
        })
    }
}

struct Device;

#[vtable]
impl MiscDevice for Device {
    type Ptr = ();

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result {
        Ok(())
    }

    fn ioctl(_device: (), _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_VERSION => Ok(1),
            EXERCISE_RUN => {
                let mut guest: Guest = copy_from_user(arg)?;
                svm::run(&mut guest)?;
                copy_to_user(arg, &guest)?;
                Ok(0)
            }
            _ => Err(EINVAL),
        }
    }
}
