// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shared code of the tests in `tests/kvm/`. Each test runs on `/dev/kvm`, on
//! `/dev/hiboma` and on `/dev/hiboma-svm`, and asserts the same results on all of them.
//!
//! | file | content |
//! | --- | --- |
//! | `device.rs` | [`on_all`] and [`on_each`], and [`Device`], one of the three devices |
//! | `machine.rs` | [`Machine`]: a VM with memory, and a vCPU about to execute the code |
//! | `vcpu.rs` | [`Vcpu`]: a vCPU and its `kvm_run` |
//! | `code.rs` | [`code!`](crate::code), the guest's code in assembly |
//! | `modes.rs` | the same VM in [`Mode`]s other than real mode |
//! | `memory.rs` | [`Memory`], which guest and test share |
//! | `exit.rs` | [`Exit`], why `KVM_RUN` returned |
//! | `ioctls.rs` | ioctls by their numbers, with a structure of the test's choice |
//! | `pointers.rs` | the same with bad pointers |
//! | `withheld.rs` | [`Withheld`], a page whose first access waits until the test provides it |
//! | `signal.rs` | [`Signal`], which interrupts a thread |

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
