// SPDX-License-Identifier: GPL-2.0

//! An account, behind `anon_inode:exercise-account`.

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
    anon_inode::{
        self,
        AnonInodeFile, //
    },
    teller::Teller,
    EXERCISE_IO, //
};

/// Returns the balance.
const EXERCISE_BALANCE: u32 = _IO(EXERCISE_IO, 0x10);

/// Returns a descriptor of a new teller, which pays into this account.
const EXERCISE_TELLER: u32 = _IO(EXERCISE_IO, 0x11);

/// The number of accounts.
static LIVE: Atomic<i32> = Atomic::new(0);

/// An account, owned by its own descriptor and those of its tellers together.
pub(crate) struct Account {
    balance: Atomic<i32>,
}

impl Account {
    fn new() -> Self {
        LIVE.add(1, Relaxed);
        Account {
            balance: Atomic::new(0),
        }
    }

    pub(crate) fn getfd() -> Result<u32> {
        let account = Arc::new(Account::new(), GFP_KERNEL_ACCOUNT)?;
        let flags = flags::O_RDWR | flags::O_CLOEXEC;
        anon_inode::getfd::<Self>(c"exercise-account", account, flags)
    }

    /// Returns the number of accounts.
    pub(crate) fn live() -> i32 {
        LIVE.load(Relaxed)
    }

    /// Pays the amount in, and returns the new balance.
    pub(crate) fn pay(&self, amount: usize) -> isize {
        let before = self.balance.fetch_add(amount as i32, Relaxed);
        before as isize + amount as isize
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Relaxed);
    }
}

#[vtable]
impl AnonInodeFile for Account {
    type Ptr = Arc<Self>;

    fn ioctl(this: ArcBorrow<'_, Self>, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_BALANCE => Ok(this.balance.load(Relaxed) as isize),
            EXERCISE_TELLER => Ok(Teller::getfd(this.into())? as isize),
            _ => Err(ENOTTY),
        }
    }
}
