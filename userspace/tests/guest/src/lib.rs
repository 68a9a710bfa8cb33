// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of our modules from userspace, in the lab's guest: `cargo lab test`.
//!
//! Each folder of `tests/` is one program, with a file for each concept:
//!
//! | program | what it tests | the modules that must pass it |
//! | --- | --- | --- |
//! | `hiboma` | `/dev/hiboma`: the device, and `anon_inode:hiboma-anon` with its count | `hiboma_tiny.ko`, `hiboma_c.ko`, `hiboma.ko` |
//! | `anon_inode` | `module/abstractions/anon_inode/`, by the sample | `anon_inode_sample.ko`, `anon_inode_sample_c.ko` |
//! | `kvm` | the layers of KVM, on `/dev/hiboma` and on `/dev/kvm`: see [`kvm`] | `hiboma.ko` |
//!
//! `MODULE_UNDER_TEST` names the file of the module, and no test knows which module it has. Where
//! hiboma claims to do as KVM does, the test asks the real `/dev/kvm` as well.
//!
//! The tests take turns by themselves ([`Guest::lock`], [`Sample::load`]), since they share one
//! module and one kernel log; `--test-threads` makes no difference.
//!
//! # Layout
//!
//! What is here is what the tests share:
//!
//! - `guest.rs`: [`Guest`], a test's turn, and the devices that it has for that long;
//! - `module.rs`: [`Module`], to load and unload one;
//! - `sample.rs`: [`Sample`], the device of the anonymous-inode sample;
//! - `child.rs`: [`in_child`] and [`ends_by`], what a test does in a process of its own;
//! - `kvm.rs`: [`kvm`], what the tests in `tests/kvm/` share;
//! - `kernel_log.rs`: [`KernelLog`], what the kernel says from here on;
//! - `limits.rs`: [`FileMax`] and [`lowest_free`], for what fails when too much is open;
//!   [`MemoryCgroup`], for who pays for it;
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
pub use limits::{FileMax, MemoryCgroup, lowest_free};
pub use module::Module;
pub use sample::Sample;
