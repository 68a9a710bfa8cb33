// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a device that hands out accounts, which hand out tellers.

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

mod account;
mod teller;

use account::Account;

/// The type byte of the numbers.
const EXERCISE_IO: u32 = 0xBB;

/// On the device: returns a descriptor of a new account.
const EXERCISE_OPEN: u32 = _IO(EXERCISE_IO, 0x03);

/// On the device: returns the number of accounts.
const EXERCISE_LIVE: u32 = _IO(EXERCISE_IO, 0x04);

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "Two objects that refer to each other",
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
            EXERCISE_OPEN => Ok(Account::getfd()? as isize),
            EXERCISE_LIVE => Ok(Account::live() as isize),
            _ => Err(EINVAL),
        }
    }
}
