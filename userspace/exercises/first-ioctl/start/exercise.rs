// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a device with one ioctl. It should get one more.

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

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "An ioctl to be added",
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
            // TODO: give EXERCISE_DOUBLE a number, above, and handle it here.
            _ => Err(EINVAL),
        }
    }
}
