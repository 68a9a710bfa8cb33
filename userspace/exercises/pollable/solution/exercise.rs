// SPDX-License-Identifier: GPL-2.0

//! `/dev/exercise`: a device that hands out pollable mailboxes.

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
    new_poll_condvar,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        poll::{
            PollCondVar,
            PollTable, //
        }, //
    }, //
};

#[path = "../../../../module/abstractions/anon_inode/mod.rs"]
pub mod anon_inode;

use anon_inode::{
    AnonInodeFile,
    POLLIN,
    POLLOUT, //
};

/// The type byte of the numbers.
const EXERCISE_IO: u32 = 0xBB;

/// On the device: returns a descriptor of a new mailbox.
const EXERCISE_OPEN: u32 = _IO(EXERCISE_IO, 0x03);

/// On a mailbox: puts the argument, which is not 0, into it as a letter. `EBUSY` if it is full.
const EXERCISE_PUT: u32 = _IO(EXERCISE_IO, 0x10);

/// On a mailbox: takes the letter out and returns it. `EAGAIN` if it is empty.
const EXERCISE_TAKE: u32 = _IO(EXERCISE_IO, 0x11);

module! {
    type: ExerciseModule,
    name: "exercise",
    authors: ["The hiboma-rs authors"],
    description: "A mailbox that can be waited for",
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
            EXERCISE_OPEN => Ok(Mailbox::getfd()? as isize),
            _ => Err(EINVAL),
        }
    }
}

/// A mailbox with room for one letter; 0 means that it is empty.
#[pin_data]
struct Mailbox {
    letter: Atomic<i32>,
    #[pin]
    changed: PollCondVar,
}

impl Mailbox {
    fn getfd() -> Result<u32> {
        let mailbox = KBox::pin_init(
            pin_init!(Mailbox {
                letter: Atomic::new(0),
                changed <- new_poll_condvar!("Mailbox::changed"),
            }),
            GFP_KERNEL_ACCOUNT,
        )?;
        let flags = flags::O_RDWR | flags::O_CLOEXEC;
        anon_inode::getfd::<Self>(c"exercise-mailbox", mailbox, flags)
    }

    fn put(&self, letter: usize) -> Result<isize> {
        let letter = i32::try_from(letter).map_err(|_| EINVAL)?;
        if letter == 0 {
            return Err(EINVAL);
        }
        self.letter.cmpxchg(0, letter, Relaxed).map_err(|_| EBUSY)?;
        self.changed.notify_all();
        Ok(0)
    }

    fn take(&self) -> Result<isize> {
        match self.letter.xchg(0, Relaxed) {
            0 => Err(EAGAIN),
            letter => {
                self.changed.notify_all();
                Ok(letter as isize)
            }
        }
    }
}

#[vtable]
impl AnonInodeFile for Mailbox {
    type Ptr = Pin<KBox<Self>>;

    fn poll(this: Pin<&Self>, file: &File, table: PollTable<'_>) -> u32 {
        table.register_wait(file, &this.changed);
        match this.letter.load(Relaxed) {
            0 => POLLOUT,
            _ => POLLIN,
        }
    }

    fn ioctl(this: Pin<&Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_PUT => this.put(arg),
            EXERCISE_TAKE => this.take(),
            _ => Err(ENOTTY),
        }
    }
}
