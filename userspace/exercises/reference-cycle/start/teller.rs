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
        Arc,
        ArcBorrow, //
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

pub(crate) struct Teller {
    paid: Atomic<i32>,
    account: Arc<Account>,
}

impl Teller {
    pub(crate) fn getfd(account: Arc<Account>) -> Result<u32> {
        let paid = Atomic::new(0);
        let teller = Arc::new(Teller { paid, account }, GFP_KERNEL_ACCOUNT)?;
        teller.account.add(teller.clone())?;
        let flags = flags::O_RDWR | flags::O_CLOEXEC;
        anon_inode::getfd::<Self>(c"exercise-teller", teller, flags)
    }

    /// Returns the sum that it was paid.
    pub(crate) fn paid(&self) -> i32 {
        self.paid.load(Relaxed)
    }
}

#[vtable]
impl AnonInodeFile for Teller {
    type Ptr = Arc<Self>;

    fn ioctl(this: ArcBorrow<'_, Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_PAY => {
                this.paid.add(arg as i32, Relaxed);
                Ok(this.account.balance())
            }
            _ => Err(ENOTTY),
        }
    }
}
