// SPDX-License-Identifier: MIT OR Apache-2.0

//! An exercise that is a module: `exercise.ko` and its device, `/dev/exercise`.

use std::env;
use std::fs::{self, File};
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use guest_tests::{KernelLog, Module, lowest_free, raw};

/// The device that every module of the exercises creates.
pub const DEVICE: &str = "/dev/exercise";

/// The type byte of the exercises' ioctl numbers.
pub const EXERCISE_IO: u32 = 0xBB;

/// The learner's module, loaded.
pub struct Exercise(Module);

impl Exercise {
    /// Loads the module, unless it is already loaded.
    ///
    /// # Panics
    ///
    /// Panics with the kernel's messages if the module cannot be loaded.
    pub fn load() -> Self {
        let path = env::var_os("EXERCISE").expect(
            "EXERCISE is not set: it names the file to check. `cargo lab exercise check` sets it",
        );
        let module = Module::at(path);
        if !module.is_loaded() {
            let mut log = KernelLog::from_here();
            if let Err(error) = module.load() {
                let said = log.messages().join("\n");
                panic!("Cannot load the module: {error}. The kernel says:\n{said}");
            }
        }
        assert!(
            Path::new(DEVICE).exists(),
            "The module is loaded, but {DEVICE} does not exist.\n\
             The module should register a misc device with the name `exercise`."
        );
        Exercise(module)
    }

    /// Opens the module's device for reading and writing.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be opened.
    pub fn open(&self) -> File {
        let device = File::options().read(true).write(true).open(DEVICE);
        device.unwrap_or_else(|error| panic!("Cannot open {DEVICE}: {error}"))
    }

    /// Creates a descriptor with an ioctl of the device, and closes the device.
    ///
    /// # Panics
    ///
    /// Panics if the ioctl returns no new descriptor.
    pub fn make(&self, name: &str, number: u64) -> OwnedFd {
        made_by(self.open(), name, number)
    }
}

impl Deref for Exercise {
    type Target = Module;

    fn deref(&self) -> &Module {
        &self.0
    }
}

/// Creates a descriptor with an ioctl of a file.
///
/// # Panics
///
/// Panics if the ioctl returns no new descriptor.
pub fn made_by(file: impl AsFd, name: &str, number: u64) -> OwnedFd {
    // The kernel gives a new descriptor the lowest free number.
    let next = lowest_free(&file);
    let answer = raw::ioctl(&file, number, 0);
    let fd = answer.unwrap_or_else(|errno| {
        panic!("{name} ({number:#x}) returned {errno:?}; expected a new file descriptor.")
    });
    assert!(
        fd == next && Path::new(&format!("/proc/self/fd/{fd}")).exists(),
        "{name} ({number:#x}) returned {fd}, which is not a new file descriptor.\n\
         A new one has the lowest free number, {next}, and appears in /proc/self/fd."
    );
    // SAFETY: It is open, and the module has just created it, so nothing else owns it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// Returns the descriptor's name in `/proc/self/fd`.
pub fn name_of(fd: impl AsFd) -> String {
    let link = format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd());
    let name = fs::read_link(&link).unwrap_or_else(|error| panic!("{link}: {error}"));
    name.to_string_lossy().into_owned()
}
