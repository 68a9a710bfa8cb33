// SPDX-License-Identifier: GPL-2.0

//! An account, behind `anon_inode:exercise-account`.

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IO,
    new_mutex,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        ArcBorrow,
        Mutex, //
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

/// Returns the sum that all of its tellers were paid.
const EXERCISE_BALANCE: u32 = _IO(EXERCISE_IO, 0x10);

/// Returns a descriptor of a new teller.
const EXERCISE_TELLER: u32 = _IO(EXERCISE_IO, 0x11);

/// The number of accounts.
static LIVE: Atomic<i32> = Atomic::new(0);

/// An account, owned by its own descriptor and those of its tellers together.
#[pin_data(PinnedDrop)]
pub(crate) struct Account {
    // TODO: which object holds a reference to which?
    /// The tellers, each of which knows the sum that it was paid.
    #[pin]
    tellers: Mutex<KVec<Arc<Teller>>>,
}

impl Account {
    pub(crate) fn getfd() -> Result<u32> {
        let account = pin_init!(Account {
            tellers <- new_mutex!(KVec::new()),
        });
        let account = Arc::pin_init(account, GFP_KERNEL_ACCOUNT)?;
        LIVE.add(1, Relaxed);
        let flags = flags::O_RDWR | flags::O_CLOEXEC;
        anon_inode::getfd::<Self>(c"exercise-account", account, flags)
    }

    /// Returns the number of accounts.
    pub(crate) fn live() -> i32 {
        LIVE.load(Relaxed)
    }

    pub(crate) fn add(&self, teller: Arc<Teller>) -> Result {
        Ok(self.tellers.lock().push(teller, GFP_KERNEL_ACCOUNT)?)
    }

    /// Returns the sum that all tellers were paid, including closed ones.
    pub(crate) fn balance(&self) -> isize {
        let tellers = self.tellers.lock();
        tellers.iter().map(|it| it.paid() as isize).sum()
    }
}

#[pinned_drop]
impl PinnedDrop for Account {
    fn drop(self: Pin<&mut Self>) {
        LIVE.fetch_sub(1, Relaxed);
    }
}

#[vtable]
impl AnonInodeFile for Account {
    type Ptr = Arc<Self>;

    fn ioctl(this: ArcBorrow<'_, Self>, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            EXERCISE_BALANCE => Ok(this.balance()),
            EXERCISE_TELLER => Ok(Teller::getfd(this.into())? as isize),
            _ => Err(ENOTTY),
        }
    }
}
