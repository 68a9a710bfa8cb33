// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a device that is to hand out descriptors.

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

#[path = "../../../../module/abstractions/anon_inode/mod.rs"]
pub mod anon_inode;

/// The type byte of the numbers.
const EXERCISE_IO: u32 = 0xBB;

/// On the device: returns the version of this interface. The argument is ignored.
const EXERCISE_VERSION: u32 = _IO(EXERCISE_IO, 0x00);

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "A descriptor that is to be made",
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
            // TODO: EXERCISE_OPEN.
            _ => Err(EINVAL),
        }
    }
}
