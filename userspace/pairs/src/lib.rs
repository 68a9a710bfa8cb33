// SPDX-License-Identifier: MIT OR Apache-2.0

//! The same step taken twice: once on `/dev/hiboma`, once on `/dev/kvm`.
//!
//! Each folder beside `src/` is a step, each file in it a program that takes the step on one of
//! the two devices. Read the two next to each other: they differ only where the two APIs do.
//!
//! | step           | `hiboma.rs`                  | `kvm.rs`                                  |
//! | -------------- | ---------------------------- | ----------------------------------------- |
//! | `1-open`       | `open("/dev/hiboma")`        | `open("/dev/kvm")`                        |
//! | `2-version`    | `HIBOMA_GET_VERSION`         | `KVM_GET_API_VERSION`                     |
//! | `3-descriptor` | `HIBOMA_OPEN_FD`             | `KVM_CREATE_VM`                           |
//! | `4-vcpu`       | (still to come)              | `KVM_CREATE_VCPU`, `mmap`, `KVM_RUN`      |
//!
//! The programs run in the lab (`cargo lab run -- 3-descriptor-hiboma`), and natively where the
//! devices are (`cargo run -p pairs --bin 3-descriptor-kvm`).
//!
//! # Layout
//!
//! What is here is what the programs share and what is not their point:
//!
//! - `descriptors.rs`: what the program has open, as `/proc/self/fd` has it;
//! - `no_kvm.rs`: what to do where `/dev/kvm` cannot be opened.

mod descriptors;
mod no_kvm;

pub use descriptors::print_descriptors;
pub use no_kvm::no_kvm;
