// SPDX-License-Identifier: MIT OR Apache-2.0

//! A test's turn, and the devices that it has during its turn.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hiboma::Hiboma;

use crate::{Module, raw};

static TURN: Mutex<()> = Mutex::new(());

/// Waits for this test's turn, which lasts until the guard is dropped.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    // The next test cleans up what a failed test has left.
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lab's guest, which belongs to one test at a time.
pub struct Guest {
    module: Module,
    _turn: MutexGuard<'static, ()>,
}

/// A descriptor of hiboma or of KVM; a test calls the same ioctls on both.
#[derive(Debug)]
pub struct Subject {
    /// The name for messages about a wrong result.
    pub name: &'static str,
    fd: OwnedFd,
}

impl Guest {
    /// Waits for this test's turn, and loads the module if necessary. No other test uses it then.
    ///
    /// # Panics
    ///
    /// Panics with a message about what is missing if this is not a guest of the lab.
    pub fn lock() -> Self {
        let turn = turn();
        let module = Module::under_test();
        if !module.is_loaded() {
            module.load().expect("the module can be loaded");
        }
        Guest {
            module,
            _turn: turn,
        }
    }

    /// Returns the module under test.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Opens `/dev/hiboma`.
    pub fn device(&self) -> Hiboma {
        Hiboma::open().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Opens `/dev/hiboma` and `/dev/kvm`.
    pub fn devices(&self) -> [Subject; 2] {
        [
            Subject::new("/dev/hiboma", self.device()),
            Subject::new("/dev/kvm", open_kvm()),
        ]
    }

    /// Creates a descriptor with each device, and closes the devices.
    pub fn descriptors(&self) -> [Subject; 2] {
        let anon = self.device().open_fd().expect("HIBOMA_OPEN_FD");
        let vm = raw::kvm_create_vm(open_kvm()).expect("KVM_CREATE_VM");
        [
            Subject::new("anon_inode:hiboma-anon", anon),
            Subject::new("anon_inode:kvm-vm", vm),
        ]
    }
}

impl Subject {
    fn new(name: &'static str, fd: impl Into<OwnedFd>) -> Self {
        let fd = fd.into();
        Subject { name, fd }
    }
}

impl AsFd for Subject {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

fn open_kvm() -> File {
    let options = File::options().read(true).write(true).clone();
    options.open("/dev/kvm").unwrap_or_else(|error| {
        panic!(
            "/dev/kvm cannot be opened ({error}), and these tests compare with it: \
             run them by `cargo lab test`, whose guest has one"
        )
    })
}
