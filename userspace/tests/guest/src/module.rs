// SPDX-License-Identifier: MIT OR Apache-2.0

//! Loading a module and unloading it.

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
    /// The module in this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Module { path: path.into() }
    }

    /// The module that `MODULE_UNDER_TEST` names.
    ///
    /// # Panics
    ///
    /// Where it names none.
    pub fn under_test() -> Self {
        let path = env::var_os("MODULE_UNDER_TEST").expect(
            "MODULE_UNDER_TEST is not set: it says which file holds the module under test. \
             `cargo lab test` sets it",
        );
        Module::at(path)
    }

    /// A module that is loaded already, by its name.
    pub fn loaded(name: &str) -> Self {
        let path = Path::new(name).with_extension("ko");
        Module { path }
    }

    /// What `lsmod` calls it: the name of its file.
    pub fn name(&self) -> String {
        let stem = self.path.file_stem().expect("a module's file has a name");
        stem.to_string_lossy().replace('-', "_")
    }

    /// Opens the module's file.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn file(&self) -> File {
        File::open(&self.path).unwrap_or_else(|error| {
            panic!(
                "the module under test cannot be read: {}: {error}. `cargo lab build` makes it",
                self.path.display()
            )
        })
    }

    /// Whether it is loaded.
    pub fn is_loaded(&self) -> bool {
        self.sysfs().exists()
    }

    /// `insmod`.
    pub fn load(&self) -> nix::Result<()> {
        finit_module(self.file(), c"", ModuleInitFlags::empty())
    }

    /// `rmmod`: does not wait for the module to become unused.
    ///
    /// # Errors
    ///
    /// `EWOULDBLOCK`: it is in use. See `delete_module()` in `kernel/module/main.c`.
    pub fn unload(&self) -> nix::Result<()> {
        let name = CString::new(self.name()).expect("a module's name holds no NUL");
        delete_module(&name, DeleteModuleFlags::O_NONBLOCK)
    }

    /// How many references keep it loaded, as `lsmod` says it in the column "Used by".
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
