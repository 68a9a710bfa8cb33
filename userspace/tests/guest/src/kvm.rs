// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the tests in `tests/kvm/` share: each runs on `/dev/kvm`, on `/dev/hiboma` and on `/dev/hiboma-svm`, and
//! what it asserts is the same for all.
//!
//! | file | what is in it |
//! | --- | --- |
//! | `device.rs` | [`on_all`] and [`on_each`], and [`Device`], which of the three it is |
//! | `machine.rs` | [`Machine`]: a VM with memory, and a vCPU with code before it |
//! | `vcpu.rs` | [`Vcpu`]: a CPU and its `kvm_run` |
//! | `code.rs` | [`code!`](crate::code), the guest's code in assembly |
//! | `modes.rs` | the same machine in [`Mode`]s other than real mode |
//! | `memory.rs` | [`Memory`], which is the guest's and the test's |
//! | `exit.rs` | [`Exit`], why `KVM_RUN` returned |
//! | `ioctls.rs` | ioctls by their numbers, with a structure of the test's choice |
//! | `pointers.rs` | the same with pointers that lead nowhere |
//! | `withheld.rs` | [`Withheld`], a page for which whoever touches it must wait |
//! | `signal.rs` | [`Signal`], for who must be interrupted |

mod code;
mod device;
mod exit;
mod ioctls;
mod machine;
mod memory;
mod modes;
mod pointers;
mod signal;
mod vcpu;
mod withheld;

pub use device::{DIFFERENCES, Device, on_all, on_each, on_hardware, same_on_hardware};
pub use exit::Exit;
pub use ioctls::{List, as_fd, ask, call, create, dirty_log, exchange, pass, region, set_region};
pub use machine::{CODE, Machine, RAM, STACK};
pub use memory::{Memory, PAGE};
pub use modes::Mode;
pub use pointers::{BadPointer, pass_bad, pass_header};
pub use signal::Signal;
pub use vcpu::Vcpu;
pub use withheld::Withheld;
