// SPDX-License-Identifier: GPL-2.0

//! A file descriptor that supports `poll(2)`.
//!
//! C counterpart: `fs/eventfd.c`. `read(2)` reads its counter; an ioctl reads this one.

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IO,
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

use crate::{
    anon_inode::{
        self,
        AnonInodeFile,
        POLLIN,
        POLLRDNORM, //
    },
    uapi::*, //
};

const SAMPLE_RING: u32 = _IO(SAMPLE_IO, SAMPLE_RING_NR);
const SAMPLE_HEAR: u32 = _IO(SAMPLE_IO, SAMPLE_HEAR_NR);

/// A bell that counts how often it has rung.
#[pin_data]
pub(crate) struct Bell {
    rings: Atomic<i32>,
    #[pin]
    listeners: PollCondVar,
}

impl Bell {
    pub(crate) fn getfd() -> Result<u32> {
        let bell = KBox::pin_init(
            pin_init!(Self {
                rings: Atomic::new(0),
                listeners <- new_poll_condvar!("Bell::listeners"),
            }),
            GFP_KERNEL_ACCOUNT,
        )?;
        anon_inode::getfd::<Self>(c"sample-bell", bell, flags::O_RDONLY | flags::O_CLOEXEC)
    }

    fn ring(&self) {
        self.rings.fetch_add(1, Relaxed);
        // This takes the lock of the queue, as registering does: a later waiter sees the ring.
        self.listeners.notify_all();
    }

    fn hear(&self) -> i32 {
        self.rings.xchg(0, Relaxed)
    }
}

#[vtable]
impl AnonInodeFile for Bell {
    type Ptr = Pin<KBox<Self>>;

    fn poll(this: Pin<&Self>, file: &File, table: PollTable<'_>) -> u32 {
        table.register_wait(file, &this.listeners);
        match this.rings.load(Relaxed) {
            0 => 0,
            _ => POLLIN | POLLRDNORM,
        }
    }

    fn ioctl(this: Pin<&Self>, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            SAMPLE_RING => {
                this.ring();
                Ok(0)
            }
            SAMPLE_HEAR => Ok(this.hear() as isize),
            _ => Err(ENOTTY),
        }
    }
}
