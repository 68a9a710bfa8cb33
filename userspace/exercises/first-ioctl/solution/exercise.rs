// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a device with two ioctls.

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

/// The type byte of this device's numbers.
const EXERCISE_IO: u32 = 0xBB;

/// Returns the version of this interface. The argument is ignored.
const EXERCISE_VERSION: u32 = _IO(EXERCISE_IO, 0x00);

/// Returns twice the argument, a number; `EOVERFLOW` if the result does not fit an `int`.
const EXERCISE_DOUBLE: u32 = _IO(EXERCISE_IO, 0x01);

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "Two ioctls",
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
            EXERCISE_DOUBLE => double(arg),
            _ => Err(EINVAL),
        }
    }
}

fn double(number: usize) -> Result<isize> {
    let twice = number.checked_mul(2).ok_or(EOVERFLOW)?;
    let twice = i32::try_from(twice).map_err(|_| EOVERFLOW)?;
    Ok(twice as isize)
}
