// SPDX-License-Identifier: MIT OR Apache-2.0

//! `anon_inode_sample.ko`, loaded for one test.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::MutexGuard;
use std::thread;

use crate::guest::turn;
use crate::sample_uapi::{DEVICE_PATH, SAMPLE_IO, SAMPLE_LIVE_NR};
use crate::{Module, raw};

/// The device of `anon_inode_sample.ko`, which shows what `module/abstractions/anon_inode/` can do and
/// hiboma has no use for.
pub struct Sample {
    device: File,
    /// The module, which is unloaded when the test ends.
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
    /// Where this is no guest of the lab, with a sentence that says what is missing.
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

    /// Asks the device.
    pub fn ask(&self, nr: u32) -> nix::Result<i32> {
        raw::ioctl(self, nix::request_code_none!(SAMPLE_IO, nr), 0)
    }

    /// How many pages there are.
    pub fn live(&self) -> i32 {
        self.ask(SAMPLE_LIVE_NR).expect("SAMPLE_LIVE")
    }

    /// Has the device make a descriptor: of a page by `SAMPLE_INSTALL_NR` or `SAMPLE_GETFD_NR`, of a
    /// bell by `SAMPLE_BELL_NR`.
    pub fn make(&self, nr: u32) -> nix::Result<OwnedFd> {
        let fd = self.ask(nr)?;
        // SAFETY: The sample has just made it, and nobody else knows of it.
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
