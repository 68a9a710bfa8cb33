// SPDX-License-Identifier: GPL-2.0

//! A teller, behind `anon_inode:exercise-teller`.

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IO,
    prelude::*,
    sync::Arc, //
};

use crate::{
    account::Account,
    anon_inode::{
        self,
        AnonInodeFile, //
    },
    EXERCISE_IO, //
};

/// Pays the argument into the account, and returns the balance.
const EXERCISE_PAY: u32 = _IO(EXERCISE_IO, 0x20);

pub(crate) struct Teller {
    account: Arc<Account>,
}

impl Teller {
    pub(crate) fn getfd(account: Arc<Account>) -> Result<u32> {
        let teller = KBox::new(Teller { account }, GFP_KERNEL_ACCOUNT)?;
        let flags = flags::O_RDWR | flags::O_CLOEXEC;
        anon_inode::getfd::<Self>(c"exercise-teller", teller, flags)
    }
}

#[vtable]
impl AnonInodeFile for Teller {
    type Ptr = KBox<Self>;

    fn ioctl(this: &Self, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_PAY => Ok(this.account.pay(arg)),
            _ => Err(ENOTTY),
        }
    }
}
