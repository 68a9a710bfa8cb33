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
//! | `fault_injection` | failures injected into the kernel, with both devices and the debug kernel | `hiboma.ko` |
//! | `reports` | what the debug kernel has detected while one of the others ran | all |
//!
//! `MODULE_UNDER_TEST` names the module's file, and no test knows which module it tests.
//! Where hiboma claims to behave as KVM does, the test checks the real `/dev/kvm` as well.
//!
//! The tests serialize themselves ([`Guest::lock`], [`Sample::load`]), because
//! they share one module and one kernel log; `--test-threads` makes no difference.
//!
//! # Layout
//!
//! The tests share these files:
//!
//! - `guest.rs`: [`Guest`], a test's turn, and the devices that it has during its turn;
//! - `module.rs`: [`Module`], to load and unload one;
//! - `sample.rs`: [`Sample`], the device of the anonymous-inode sample;
//! - `cgroup.rs`: [`Cgroup`], a limit on what a test's processes may use;
//! - `child.rs`: [`in_child`] and [`ends_by`], to run code in a child process;
//! - `fault.rs`: [`fault::each_failure`], fault injection;
//! - `kvm.rs`: [`kvm`], shared code of the tests in `tests/kvm/`;
//! - `kernel_log.rs`: [`KernelLog`], the kernel's messages from a point on;
//! - `limits.rs`: [`FileMax`] and [`lowest_free`], for failures when too many files are open;
//! - `raw.rs`: system calls by number.

mod cgroup;
mod child;
pub mod fault;
mod guest;
mod kernel_log;
pub mod kvm;
mod limits;
mod module;
pub mod raw;
mod sample;
#[path = "../../../../module/samples/anon_inode/uapi.rs"]
pub mod sample_uapi;

pub use cgroup::Cgroup;
pub use child::{ends_by, in_child};
pub use guest::{Guest, Subject};
pub use kernel_log::KernelLog;
pub use limits::{FileMax, lowest_free};
pub use module::Module;
pub use sample::Sample;
