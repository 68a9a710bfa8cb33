// SPDX-License-Identifier: MIT OR Apache-2.0

//! Loading and unloading a module.

use std::env;
use std::ffi::CString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use nix::kmod::{DeleteModuleFlags, ModuleInitFlags, delete_module, finit_module};

/// A kernel module, loaded or not.
pub struct Module {
    path: PathBuf,
}

impl Module {
    /// Returns the module in this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Module { path: path.into() }
    }

    /// Returns the module that `MODULE_UNDER_TEST` names.
    ///
    /// # Panics
    ///
    /// Panics if it is not set.
    pub fn under_test() -> Self {
        let path = env::var_os("MODULE_UNDER_TEST").expect(
            "MODULE_UNDER_TEST is not set: it says which file holds the module under test. \
             `cargo lab test` sets it",
        );
        Module::at(path)
    }

    /// Returns a module by name; it must be loaded already.
    pub fn loaded(name: &str) -> Self {
        let path = Path::new(name).with_extension("ko");
        Module { path }
    }

    /// Returns the name that `lsmod` shows: that of its file.
    pub fn name(&self) -> String {
        let stem = self.path.file_stem().expect("a module's file has a name");
        stem.to_string_lossy().replace('-', "_")
    }

    /// Opens the module's file.
    ///
    /// # Panics
    ///
    /// Panics if the file cannot be opened.
    pub fn file(&self) -> File {
        File::open(&self.path).unwrap_or_else(|error| {
            panic!(
                "the module under test cannot be read: {}: {error}. `cargo lab build` makes it",
                self.path.display()
            )
        })
    }

    /// Returns whether it is loaded.
    pub fn is_loaded(&self) -> bool {
        self.sysfs().exists()
    }

    /// Loads it, like `insmod`.
    pub fn load(&self) -> nix::Result<()> {
        finit_module(self.file(), c"", ModuleInitFlags::empty())
    }

    /// Unloads it, like `rmmod`, without waiting for it to become unused.
    ///
    /// # Errors
    ///
    /// `EWOULDBLOCK` if it is in use: see `delete_module()` in `kernel/module/main.c`.
    pub fn unload(&self) -> nix::Result<()> {
        let name = CString::new(self.name()).expect("a module's name holds no NUL");
        delete_module(&name, DeleteModuleFlags::O_NONBLOCK)
    }

    /// Returns its reference count, which `lsmod` shows in the column "Used by".
    pub fn references(&self) -> usize {
        let path = self.sysfs().join("refcnt");
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.trim().parse().expect("refcnt is a number")
    }

    fn sysfs(&self) -> PathBuf {
        Path::new("/sys/module").join(self.name())
    }
}
