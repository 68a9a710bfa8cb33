// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fault injection in the debug kernel.
//!
//! Reference: [`fault-injection/fault-injection`](srctree/Documentation/fault-injection/fault-injection.rst).

use std::cell::RefCell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;

use crate::kvm::{Device, on_each};

/// Settings with which everything that can fail does fail, silently.
const SETTINGS: [(&str, &str); 7] = [
    ("failslab/ignore-gfp-wait", "N"),
    ("failslab/verbose", "0"),
    ("fail_page_alloc/ignore-gfp-wait", "N"),
    ("fail_page_alloc/ignore-gfp-highmem", "N"),
    ("fail_page_alloc/min-order", "0"),
    ("fail_page_alloc/verbose", "0"),
    ("fail_usercopy/verbose", "0"),
];

/// The number of the request that fails, for this thread.
const FAIL_NTH: &str = "/proc/thread-self/fail-nth";

/// How a call responded to the injected failures, one each time.
#[derive(Debug, Default)]
pub struct Met {
    /// The number of failures.
    pub failures: u32,
    /// The distinct errors of the calls that failed.
    pub errors: Vec<Errno>,
}

/// Repeats a call: first its first request to the kernel fails, then its second, and
/// so on, until none is left. Requests are allocations and accesses to userspace.
/// After each failure the call is repeated in the same state without a failure.
///
/// # Panics
///
/// Panics if the call fails although no failure is injected.
pub fn each_failure<S, T>(prepare: impl Fn() -> S, call: impl Fn(&mut S) -> nix::Result<T>) -> Met {
    let fail_nth = FailNth::of_this_thread();
    let mut met = Met::default();
    for nth in 1.. {
        let mut state = prepare();
        fail_nth.set(nth);
        let answer = call(&mut state);
        if !fail_nth.has_failed() {
            answer.map(drop).expect("nothing has failed");
            break;
        }
        met.failures += 1;
        if let Err(error) = answer {
            if !met.errors.contains(&error) {
                met.errors.push(error);
            }
            let again = call(&mut state);
            again.map(drop).expect("nothing fails the second time");
        }
    }
    met
}

/// The same on both devices: each error of hiboma must be one that KVM returns for the same call.
pub fn each_failure_on_both<S, T>(
    prepare: impl Fn(&Device) -> S,
    call: impl Fn(&mut S) -> nix::Result<T>,
) {
    each_failure_on_both_or(&[], prepare, call);
}

/// The same for a call with further valid errors, which KVM does not return for such failures.
pub fn each_failure_on_both_or<S, T>(
    further: &[Errno],
    prepare: impl Fn(&Device) -> S,
    call: impl Fn(&mut S) -> nix::Result<T>,
) {
    let met = RefCell::new(Vec::new());
    on_each(|device| {
        let seen = each_failure(|| prepare(device), &call);
        println!("{seen:?}");
        assert_eq!(device.module.references(), 0);
        met.borrow_mut().push(seen.errors);
    });
    let [kvm, hiboma] = &*met.into_inner() else {
        panic!("there are two devices");
    };
    for error in hiboma {
        let is_known = kvm.contains(error) || further.contains(error);
        assert!(is_known, "KVM never answers {error}");
    }
}

/// The count for one thread. The file stays open, because opening it could fail.
struct FailNth(File);

impl FailNth {
    fn of_this_thread() -> Self {
        for (file, value) in SETTINGS {
            let path = format!("/sys/kernel/debug/{file}");
            fs::write(&path, value).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let file = File::options().read(true).write(true).open(FAIL_NTH);
        FailNth(file.unwrap_or_else(|error| panic!("{FAIL_NTH}: {error}")))
    }

    /// Makes the request of this number fail, counted from here; 0 means none.
    fn set(&self, nth: u32) {
        let nth = nth.to_string();
        let written = self.0.write_at(nth.as_bytes(), 0);
        assert_eq!(written.ok(), Some(nth.len()), "{FAIL_NTH}");
    }

    /// Returns whether a request has failed since, and stops the injection.
    fn has_failed(&self) -> bool {
        let mut left = [0; 16];
        // Reading the count copies it to userspace, and that copy may be the request that fails.
        let has_failed = match self.0.read_at(&mut left, 0) {
            Ok(length) => left[..length].trim_ascii() == b"0",
            Err(_) => false,
        };
        // Writing copies from userspace and may fail too.
        while self.0.write_at(b"0", 0).is_err() {}
        has_failed
    }
}
