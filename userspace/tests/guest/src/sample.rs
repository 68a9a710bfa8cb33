// SPDX-License-Identifier: MIT OR Apache-2.0

//! `anon_inode_sample.ko`, loaded for one test.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::MutexGuard;
use std::thread;

use crate::guest::turn;
use crate::sample_uapi::{DEVICE_PATH, SAMPLE_IO, SAMPLE_LIVE_NR};
use crate::{Module, raw};

/// The device of `anon_inode_sample.ko`, which shows the parts of
/// `module/abstractions/anon_inode/` that hiboma does not use.
pub struct Sample {
    device: File,
    /// The module; the test unloads it at its end.
    pub module: Loaded,
    _turn: MutexGuard<'static, ()>,
}

/// A module that is unloaded when this is dropped.
pub struct Loaded(Module);

impl Sample {
    /// Waits for this test's turn, loads the module, and opens its device.
    ///
    /// # Panics
    ///
    /// Panics with a message about what is missing if this is not a guest of the lab.
    pub fn load() -> Self {
        let turn = turn();
        let module = Module::under_test();
        if !module.is_loaded() {
            module.load().expect("the sample can be loaded");
        }
        let device = File::options().read(true).write(true).open(DEVICE_PATH);
        Sample {
            device: device.unwrap_or_else(|error| panic!("{DEVICE_PATH}: {error}")),
            module: Loaded(module),
            _turn: turn,
        }
    }

    /// Calls an ioctl of the device.
    pub fn ask(&self, nr: u32) -> nix::Result<i32> {
        raw::ioctl(self, nix::request_code_none!(SAMPLE_IO, nr), 0)
    }

    /// Returns the number of live pages.
    pub fn live(&self) -> i32 {
        self.ask(SAMPLE_LIVE_NR).expect("SAMPLE_LIVE")
    }

    /// Makes the device create a descriptor: of a page with `SAMPLE_INSTALL_NR`
    /// or `SAMPLE_GETFD_NR`, of a bell with `SAMPLE_BELL_NR`.
    pub fn make(&self, nr: u32) -> nix::Result<OwnedFd> {
        let fd = self.ask(nr)?;
        // SAFETY: The sample has just created it, and nothing else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }
}

impl AsFd for Sample {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

impl std::ops::Deref for Loaded {
    type Target = Module;

    fn deref(&self) -> &Module {
        &self.0
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        let unloaded = self.0.unload();
        if !thread::panicking() {
            assert_eq!(unloaded, Ok(()), "the test has left a file open");
        }
    }
}
