// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: an ioctl should take a structure, and return it.

use kernel::{
    fs::File,
    ioctl::_IO,
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

// `copy_from_user` and `copy_to_user`.
#[allow(dead_code, reason = "nobody calls them yet")]
#[path = "../../../../module/uaccess.rs"]
mod uaccess;

/// The type byte of this device's numbers.
const EXERCISE_IO: u32 = 0xBB;

/// Returns the version of this interface. The argument is ignored.
const EXERCISE_VERSION: u32 = _IO(EXERCISE_IO, 0x00);

/// A flag of [`Add`]: a sum that is too large wraps around to 0.
pub const ADD_WRAP: u32 = 1 << 0;

/// Two numbers and their sum, in the layout of the program's memory.
#[repr(C)]
#[derive(FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct Add {
    left: u64,
    right: u64,
    /// Written by the device.
    sum: u64,
    flags: u32,
    /// Not used yet.
    padding: u32,
}

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "A structure that is to be passed",
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

    fn ioctl(_device: (), _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_VERSION => Ok(1),
            // TODO: EXERCISE_ADD.
            _ => Err(EINVAL),
        }
    }
}
