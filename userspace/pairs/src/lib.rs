// SPDX-License-Identifier: MIT OR Apache-2.0

//! The same steps taken twice: once on `/dev/hiboma`, once on `/dev/kvm`.
//!
//! Each folder beside `src/` is a step. The first three steps are two programs each, one for either
//! device. Read the two next to each other: they differ only where the two APIs do.
//!
//! | step           | `hiboma.rs`                  | `kvm.rs`                                  |
//! | -------------- | ---------------------------- | ----------------------------------------- |
//! | `1-open`       | `open("/dev/hiboma")`        | `open("/dev/kvm")`                        |
//! | `2-version`    | `HIBOMA_GET_VERSION`         | `KVM_GET_API_VERSION`                     |
//! | `3-descriptor` | `HIBOMA_OPEN_FD`             | `KVM_CREATE_VM`                           |
//!
//! From there on the two devices have one API, KVM's, and a step is one program, `main.rs`. The
//! path of the device is its sole argument.
//!
//! | step             | what it shows                                                           |
//! | ---------------- | ----------------------------------------------------------------------- |
//! | `4-create-vm`    | `KVM_CREATE_VM`: a VM's descriptor                                      |
//! | `5-create-vcpu`  | `KVM_CREATE_VCPU`: a vCPU's descriptor, and its registers after a reset |
//! | `6-memory-slot`  | `KVM_SET_USER_MEMORY_REGION`: where there can be memory, and where not  |
//! | `7-kvm-run`      | `mmap`, `KVM_RUN`: 2 + 2, and what `struct kvm_run` tells               |
//! | `8-run-loop`     | ports, a device's memory, and `KVM_GET_DIRTY_LOG`                       |
//! | `9-two-vcpus`    | two vCPUs in two threads                                                |
//! | `10-moved-slot`  | memory that goes to another address, with what is in it                 |
//! | `11-life`        | a guest worth watching, with a screen and a keyboard                    |
//! | `12-long-mode`   | from real mode to 64-bit mode, on `/dev/kvm` and `/dev/hiboma-svm`      |
//!
//! `exits/` and `errors/` are no steps: with the one, the book follows a few instructions to their
//! exits; with the other, it tells exits from errors.
//!
//! The programs run in the lab (`cargo lab run -- 7-kvm-run /dev/hiboma`), and natively where the
//! devices are (`cargo run -p pairs --bin 7-kvm-run /dev/kvm`).
//!
//! # Layout
//!
//! What is here is what the programs share and what is not their point:
//!
//! - `device.rs`: the device that is named by the argument;
//! - `no_device.rs`: what to do where a device cannot be opened;
//! - `descriptors.rs`: what the program has open, as `/proc/self/fd` has it;
//! - `guest.rs`: a guest's code, from assembly;
//! - `memory.rs`: a guest's memory;
//! - `start.rs`: where a guest's CPU begins.

mod descriptors;
mod device;
mod guest;
mod memory;
mod no_device;
mod start;

pub use descriptors::print_descriptors;
pub use device::open_device;
pub use memory::Memory;
pub use no_device::no_kvm;
pub use start::start_at;
