// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device that a test runs on.

use std::cell::RefCell;
use std::ffi::CString;
use std::fs::File;
use std::path::Path;

use kvm_ioctls::Kvm;

use crate::{Guest, KernelLog, Module};

/// A device with KVM's interface, during the test's turn.
pub struct Device<'a> {
    /// `/dev/kvm`, `/dev/hiboma` or `/dev/hiboma-svm`.
    pub path: &'static str,
    /// The module that holds a reference for each open file of the device.
    pub module: &'a Module,
}

/// The list of all differences, with reasons.
pub const DIFFERENCES: &str = include_str!("../../../../../comparisons/kvm/differences.toml");

/// The device that runs guests on hardware. It does not exist if the CPU has no SVM.
const SVM: &str = "/dev/hiboma-svm";

/// Runs a test on `/dev/kvm`, which verifies the test itself,
/// then on `/dev/hiboma`, and on `/dev/hiboma-svm` if it exists.
///
/// hiboma must log nothing, whatever a program does to it.
pub fn on_all(test: impl Fn(&Device)) {
    on_each(|device| {
        let mut log = KernelLog::from_here();
        test(device);
        // KVM may log, for example "emulating exchange as write".
        if device.path != "/dev/kvm" {
            assert_eq!(log.messages(), [""; 0], "in the kernel's log");
        }
    });
}

/// The same for a test of something that the interpreter does not implement.
pub fn on_hardware(test: impl Fn(&Device)) {
    on_all(|device| {
        if !device.differs("protected mode") {
            test(device);
        }
    });
}

/// Runs something on KVM and on `/dev/hiboma-svm`, and asserts that both results are equal.
pub fn same_on_hardware<T: PartialEq + std::fmt::Debug>(run: impl Fn(&Device) -> T) {
    let kvm = RefCell::new(None);
    on_hardware(|device| {
        let result = run(device);
        if let Some(kvm) = &*kvm.borrow() {
            assert_eq!(&result, kvm, "as on /dev/kvm");
        }
        kvm.borrow_mut().get_or_insert(result);
    });
}

/// The same for a test that makes the kernel itself log something.
pub fn on_each(test: impl Fn(&Device)) {
    let guest = Guest::lock();
    let kvm = kvm_module();
    let devices = [
        ("/dev/kvm", &kvm),
        ("/dev/hiboma", guest.module()),
        (SVM, guest.module()),
    ];
    for (path, module) in devices {
        // Printed only if the test fails.
        println!("on {path}:");
        match path != SVM || Path::new(SVM).exists() {
            true => test(&Device { path, module }),
            false => println!("it is not there: this CPU has no SVM"),
        }
    }
}

impl Device<'_> {
    /// Opens the device as a VMM does.
    pub fn open(&self) -> Kvm {
        let path = CString::new(self.path).expect("a path");
        Kvm::new_with_path(path).unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }

    /// Opens the device as a plain file.
    pub fn file(&self) -> File {
        let file = File::options().read(true).write(true).open(self.path);
        file.unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }

    /// Returns whether this is hiboma, so that the test must assert another result.
    ///
    /// # Panics
    ///
    /// Panics if `comparisons/kvm/differences.toml` does not list a difference of this name.
    pub fn differs(&self, name: &str) -> bool {
        let line = format!("name = \"{name}\"\n");
        let listed = DIFFERENCES
            .split("[[difference]]")
            .find(|it| it.contains(&line));
        let listed = listed.unwrap_or_else(|| panic!("{name}: not in differences.toml"));
        match self.path {
            "/dev/kvm" => false,
            SVM => !listed.contains("interpreter_only = true\n"),
            _ => true,
        }
    }
}

/// `kvm_amd` or `kvm_intel`: the module that owns KVM's files, not `kvm`.
fn kvm_module() -> Module {
    let modules = ["kvm_amd", "kvm_intel"].map(Module::loaded);
    let loaded = modules.into_iter().find(Module::is_loaded);
    loaded.expect("kvm_amd or kvm_intel is a module, and loaded")
}
