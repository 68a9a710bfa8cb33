// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which of the two devices a test runs on.

use std::ffi::CString;
use std::fs::File;

use kvm_ioctls::Kvm;

use crate::{Guest, KernelLog, Module};

/// A device that speaks KVM, in its test's turn.
pub struct Device<'a> {
    /// `/dev/kvm` or `/dev/hiboma`.
    pub path: &'static str,
    /// The module whose references count what is open of it.
    pub module: &'a Module,
}

/// All differences that there are, and why.
pub const DIFFERENCES: &str = include_str!("../../../../../comparisons/kvm/differences.toml");

/// Runs a test on `/dev/kvm`, which shows that it asks for what KVM does, and on `/dev/hiboma`.
///
/// Whatever a program does to it, hiboma has nothing to say in the kernel's log.
pub fn on_both(test: impl Fn(&Device)) {
    on_each(|device| {
        let mut log = KernelLog::from_here();
        test(device);
        // KVM may: "emulating exchange as write".
        if device.path == "/dev/hiboma" {
            assert_eq!(log.messages(), [""; 0], "in the kernel's log");
        }
    });
}

/// The same for a test that makes the kernel itself say something.
pub fn on_each(test: impl Fn(&Device)) {
    let guest = Guest::lock();
    for device in [
        &Device {
            path: "/dev/kvm",
            module: &kvm_module(),
        },
        &Device {
            path: "/dev/hiboma",
            module: guest.module(),
        },
    ] {
        // Shown where the test fails.
        println!("on {}:", device.path);
        test(device);
    }
}

impl Device<'_> {
    /// Opens it as a virtual machine monitor does.
    pub fn open(&self) -> Kvm {
        let path = CString::new(self.path).expect("a path");
        Kvm::new_with_path(path).unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }

    /// Opens it as any file.
    pub fn file(&self) -> File {
        let file = File::options().read(true).write(true).open(self.path);
        file.unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }

    /// Whether this is hiboma, of which something else is to be asserted.
    ///
    /// # Panics
    ///
    /// Where `comparisons/kvm/differences.toml` does not list a difference of this name.
    pub fn differs(&self, name: &str) -> bool {
        let listed = DIFFERENCES.contains(&format!("name = \"{name}\"\n"));
        assert!(listed, "{name}: not in comparisons/kvm/differences.toml");
        self.path == "/dev/hiboma"
    }
}

/// `kvm_amd` or `kvm_intel`: the module that owns KVM's files, not `kvm`.
fn kvm_module() -> Module {
    let modules = ["kvm_amd", "kvm_intel"].map(Module::loaded);
    let loaded = modules.into_iter().find(Module::is_loaded);
    loaded.expect("kvm_amd or kvm_intel is a module, and loaded")
}
