// SPDX-License-Identifier: MIT OR Apache-2.0

//! Failures that the debug kernel can be told to have.
//!
//! Reference: [`fault-injection/fault-injection`](srctree/Documentation/fault-injection/fault-injection.rst).

use std::cell::RefCell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;

use crate::kvm::{Device, on_each};

/// What to set so that whatever can fail does, and nothing is said about it.
const SETTINGS: [(&str, &str); 7] = [
    ("failslab/ignore-gfp-wait", "N"),
    ("failslab/verbose", "0"),
    ("fail_page_alloc/ignore-gfp-wait", "N"),
    ("fail_page_alloc/ignore-gfp-highmem", "N"),
    ("fail_page_alloc/min-order", "0"),
    ("fail_page_alloc/verbose", "0"),
    ("fail_usercopy/verbose", "0"),
];

/// The count for this thread.
const FAIL_NTH: &str = "/proc/thread-self/fail-nth";

/// What a call answered to the failures that it met, one each time.
#[derive(Debug, Default)]
pub struct Met {
    /// How many there were.
    pub failures: u32,
    /// The errors of those calls that failed, each once.
    pub errors: Vec<Errno>,
}

/// Makes a call again and again, and fails the first thing that it asks of the kernel, then the second,
/// and so on, until there is none left. Those are allocations and accesses to userspace. After each
/// failure the call is made once more in the same state, and nothing fails then.
///
/// # Panics
///
/// Where the call does not succeed without a failure, or not after one.
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

/// The same on both devices: in each case hiboma's error is one that KVM has for the same call.
pub fn each_failure_on_both<S, T>(
    prepare: impl Fn(&Device) -> S,
    call: impl Fn(&mut S) -> nix::Result<T>,
) {
    each_failure_on_both_or(&[], prepare, call);
}

/// The same, where KVM has further errors for the call, and no failure of this kind leads to them.
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

/// The count for one thread. The file stays open, since to open it could fail.
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

    /// The request of this number fails, counted from here. 0: none.
    fn set(&self, nth: u32) {
        let nth = nth.to_string();
        let written = self.0.write_at(nth.as_bytes(), 0);
        assert_eq!(written.ok(), Some(nth.len()), "{FAIL_NTH}");
    }

    /// Whether a request has failed since. From here on none does.
    fn has_failed(&self) -> bool {
        let mut left = [0; 16];
        // To read the count copies it to userspace: what was still to fail may be that.
        let has_failed = match self.0.read_at(&mut left, 0) {
            Ok(length) => left[..length].trim_ascii() == b"0",
            Err(_) => false,
        };
        // And to write it copies from there.
        while self.0.write_at(b"0", 0).is_err() {}
        has_failed
    }
}
