// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: an ioctl takes a structure, and returns it.

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

#[path = "../../../../module/uaccess.rs"]
mod uaccess;

use uaccess::{
    copy_from_user,
    copy_to_user, //
};

/// The type byte of this device's numbers.
const EXERCISE_IO: u32 = 0xBB;

/// Returns the version of this interface. The argument is ignored.
const EXERCISE_VERSION: u32 = _IO(EXERCISE_IO, 0x00);

/// Adds two numbers. The argument is the address of an [`Add`].
const EXERCISE_ADD: u32 = _IOWR::<Add>(EXERCISE_IO, 0x02);

/// A flag of [`Add`]: a sum that is too large wraps around to 0.
const ADD_WRAP: u32 = 1 << 0;

/// Two numbers and their sum, in the layout of the program's memory.
#[repr(C)]
#[derive(FromBytes, Immutable, IntoBytes, KnownLayout)]
struct Add {
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
    description: "A structure that is passed",
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
            EXERCISE_ADD => add(arg),
            _ => Err(EINVAL),
        }
    }
}

fn add(address: usize) -> Result<isize> {
    let mut add: Add = copy_from_user(address)?;
    // Unknown bits must fail today, so that they can get a meaning tomorrow.
    if add.flags & !ADD_WRAP != 0 || add.padding != 0 {
        return Err(EINVAL);
    }
    add.sum = match add.left.checked_add(add.right) {
        Some(sum) => sum,
        None if add.flags & ADD_WRAP != 0 => add.left.wrapping_add(add.right),
        None => return Err(EOVERFLOW),
    };
    copy_to_user(address, &add)?;
    Ok(0)
}
