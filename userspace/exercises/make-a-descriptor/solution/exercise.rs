// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a device that hands out descriptors.

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
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

#[path = "../../../../module/abstractions/anon_inode/mod.rs"]
pub mod anon_inode;

use anon_inode::AnonInodeFile;

/// The type byte of the numbers.
const EXERCISE_IO: u32 = 0xBB;

/// On the device: returns the version of this interface. The argument is ignored.
const EXERCISE_VERSION: u32 = _IO(EXERCISE_IO, 0x00);

/// On the device: returns a descriptor of a new counter.
const EXERCISE_OPEN: u32 = _IO(EXERCISE_IO, 0x03);

/// On the descriptor: counts, and returns the count.
const EXERCISE_NEXT: u32 = _IO(EXERCISE_IO, 0x10);

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "A descriptor that is made",
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
            EXERCISE_OPEN => Ok(Counter::getfd()? as isize),
            _ => Err(EINVAL),
        }
    }
}

/// The private data of one open file.
struct Counter {
    count: Atomic<i32>,
}

impl Counter {
    /// Creates an object, and returns a descriptor of the file that owns it.
    fn getfd() -> Result<u32> {
        let count = Atomic::new(0);
        let counter = KBox::new(Counter { count }, GFP_KERNEL_ACCOUNT)?;

        anon_inode::getfd::<Self>(
            c"exercise-counter",
            counter,
            flags::O_RDWR | flags::O_CLOEXEC,
        )
    }
}

#[vtable]
impl AnonInodeFile for Counter {
    type Ptr = KBox<Self>;

    fn ioctl(counter: &Self, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_NEXT => Ok(counter.count.fetch_add(1, Relaxed) as isize + 1),
            _ => Err(ENOTTY),
        }
    }
}
