// SPDX-License-Identifier: MIT OR Apache-2.0

//! The same steps twice: once on `/dev/hiboma`, once on `/dev/kvm`.
//!
//! Each folder beside `src/` is a step. The first three steps are two programs each, one for each
//! device. Read the two side by side: they differ only where the two APIs do.
//!
//! | step           | `hiboma.rs`                  | `kvm.rs`                                  |
//! | -------------- | ---------------------------- | ----------------------------------------- |
//! | `1-open`       | `open("/dev/hiboma")`        | `open("/dev/kvm")`                        |
//! | `2-version`    | `HIBOMA_GET_VERSION`         | `KVM_GET_API_VERSION`                     |
//! | `3-descriptor` | `HIBOMA_OPEN_FD`             | `KVM_CREATE_VM`                           |
//!
//! From there on the two devices have one API, KVM's, and a step is one program, `main.rs`. Its
//! only argument is the path of the device.
//!
//! | step             | what it shows                                                           |
//! | ---------------- | ----------------------------------------------------------------------- |
//! | `4-create-vm`    | `KVM_CREATE_VM`: a VM's descriptor                                      |
//! | `5-create-vcpu`  | `KVM_CREATE_VCPU`: a vCPU's descriptor, and its registers after a reset |
//! | `6-memory-slot`  | `KVM_SET_USER_MEMORY_REGION`: where memory is possible, and where not   |
//! | `7-kvm-run`      | `mmap`, `KVM_RUN`: 2 + 2, and the fields of `struct kvm_run`            |
//! | `8-run-loop`     | ports, a device's memory, and `KVM_GET_DIRTY_LOG`                       |
//! | `9-two-vcpus`    | two vCPUs in two threads                                                |
//! | `10-moved-slot`  | memory that moves to another address, with its contents                 |
//! | `11-life`        | a guest worth watching, with a screen and a keyboard                    |
//! | `12-long-mode`   | from real mode to 64-bit mode, on `/dev/kvm` and `/dev/hiboma-svm`      |
//!
//! `exits/` and `errors/` are not steps. The book uses the first to follow a few instructions to
//! their exits, and the second to tell exits from errors.
//!
//! The programs run in the lab (`cargo lab run -- 7-kvm-run /dev/hiboma`), and natively on machines
//! that have the devices (`cargo run -p pairs --bin 7-kvm-run /dev/kvm`).
//!
//! # Layout
//!
//! The library has what the programs share and what would distract from their point:
//!
//! - `device.rs`: opens the device that the argument names;
//! - `no_device.rs`: advice if a device cannot be opened;
//! - `descriptors.rs`: the program's open descriptors, from `/proc/self/fd`;
//! - `guest.rs`: a guest's code, from assembly;
//! - `memory.rs`: a guest's memory;
//! - `start.rs`: where a vCPU starts.

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
