// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which of the three devices a test runs on.

use std::cell::RefCell;
use std::ffi::CString;
use std::fs::File;
use std::path::Path;

use kvm_ioctls::Kvm;

use crate::{Guest, KernelLog, Module};

/// A device that speaks KVM, in its test's turn.
pub struct Device<'a> {
    /// `/dev/kvm`, `/dev/hiboma` or `/dev/hiboma-svm`.
    pub path: &'static str,
    /// The module whose references count what is open of it.
    pub module: &'a Module,
}

/// All differences that there are, and why.
pub const DIFFERENCES: &str = include_str!("../../../../../comparisons/kvm/differences.toml");

/// The device whose guests the CPU executes. It is not there where the CPU cannot.
const SVM: &str = "/dev/hiboma-svm";

/// Runs a test on `/dev/kvm`, which shows that it asks for what KVM does; on `/dev/hiboma`; and on
/// `/dev/hiboma-svm`, where that is there.
///
/// Whatever a program does to it, hiboma has nothing to say in the kernel's log.
pub fn on_all(test: impl Fn(&Device)) {
    on_each(|device| {
        let mut log = KernelLog::from_here();
        test(device);
        // KVM may: "emulating exchange as write".
        if device.path != "/dev/kvm" {
            assert_eq!(log.messages(), [""; 0], "in the kernel's log");
        }
    });
}

/// The same for a test of what the interpreter does not have.
pub fn on_hardware(test: impl Fn(&Device)) {
    on_all(|device| {
        if !device.differs("protected mode") {
            test(device);
        }
    });
}

/// Runs something on KVM and on `/dev/hiboma-svm`, and asserts that it has the same result.
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

/// The same for a test that makes the kernel itself say something.
pub fn on_each(test: impl Fn(&Device)) {
    let guest = Guest::lock();
    let kvm = kvm_module();
    let devices = [
        ("/dev/kvm", &kvm),
        ("/dev/hiboma", guest.module()),
        (SVM, guest.module()),
    ];
    for (path, module) in devices {
        // Shown where the test fails.
        println!("on {path}:");
        match path != SVM || Path::new(SVM).exists() {
            true => test(&Device { path, module }),
            false => println!("it is not there: this CPU has no SVM"),
        }
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
