// SPDX-License-Identifier: GPL-2.0

//! A descriptor that can be waited for.
//!
//! C counterpart: `fs/eventfd.c`, whose counter is read where this one is asked by an ioctl.

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

/// Something that rings.
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
        // Takes the lock of the queue, as registering does: who registers later finds the ring.
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
