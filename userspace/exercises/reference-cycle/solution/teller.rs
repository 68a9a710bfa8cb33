// SPDX-License-Identifier: GPL-2.0

//! A teller, behind `anon_inode:exercise-teller`.

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IO,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};

use crate::{
    account::Account,
    anon_inode::{
        self,
        AnonInodeFile, //
    },
    EXERCISE_IO, //
};

/// Pays the argument into the account, and returns the account's balance.
const EXERCISE_PAY: u32 = _IO(EXERCISE_IO, 0x20);

/// The sum that a teller was paid.
pub(crate) type Paid = Atomic<i32>;

pub(crate) struct Teller {
    paid: Arc<Paid>,
    account: Arc<Account>,
}

impl Teller {
    pub(crate) fn getfd(account: Arc<Account>) -> Result<u32> {
        let paid = account.add()?;
        let teller = KBox::new(Teller { paid, account }, GFP_KERNEL_ACCOUNT)?;
        let flags = flags::O_RDWR | flags::O_CLOEXEC;
        anon_inode::getfd::<Self>(c"exercise-teller", teller, flags)
    }
}

#[vtable]
impl AnonInodeFile for Teller {
    type Ptr = KBox<Self>;

    fn ioctl(this: &Self, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_PAY => {
                this.paid.add(arg as i32, Relaxed);
                Ok(this.account.balance())
            }
            _ => Err(ENOTTY),
        }
    }
}
