// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of `/dev/hiboma` from userspace, in the lab's guest: `cargo lab test`.
//!
//! `HIBOMA_MODULE` names the file of the module under test. The same tests pass for `hiboma.ko`
//! and for its C twin, and none of them knows which it has. Where hiboma claims to do as KVM
//! does, the test asks the real `/dev/kvm` as well.
//!
//! Those tests are in `tests/guest/`. In `tests/kvm/` is what only `hiboma.ko` has, the layers of
//! KVM: each test runs on `/dev/hiboma` and on `/dev/kvm`, and asserts the same of both. See
//! [`kvm`].
//!
//! Either folder is one program, with a file for each concept. The tests take turns by themselves
//! ([`Guest::lock`]), since they share one module and one kernel log; `--test-threads` makes no
//! difference.
//!
//! # Layout
//!
//! What is here is what the tests share:
//!
//! - `guest.rs`: [`Guest`], a test's turn, and the devices that it has for that long;
//! - `module.rs`: [`Module`], to load and unload one;
//! - `sample.rs`: [`Sample`], the second module, for what the first does not show;
//! - `child.rs`: [`in_child`] and [`ends_by`], what a test does in a process of its own;
//! - `kvm.rs`: [`kvm`], what the tests in `tests/kvm/` share;
//! - `kernel_log.rs`: [`KernelLog`], what the kernel says from here on;
//! - `limits.rs`: [`FileMax`] and [`lowest_free`], for what fails when too much is open;
//! - `raw.rs`: system calls by their bare numbers.

mod child;
mod guest;
mod kernel_log;
pub mod kvm;
mod limits;
mod module;
pub mod raw;
mod sample;
#[path = "../../../../module/samples/anon_inode/uapi.rs"]
pub mod sample_uapi;

pub use child::{ends_by, in_child};
pub use guest::{Guest, Subject};
pub use kernel_log::KernelLog;
pub use limits::{FileMax, lowest_free};
pub use module::Module;
pub use sample::Sample;
