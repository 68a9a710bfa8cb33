// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands side by side, and what is kept of it in `comparisons/` and in the README.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `pairs.rs` | the pairs of programs, run |
//! | `side_by_side.rs` | two texts, next to each other |
//! | `evidence.rs` | all tables that `cargo lab compare` makes |
//! | `system_calls.rs` | the system calls of the two sides |
//! | `descriptors.rs` | what the two sides have open |
//! | `ioctl_matrix.rs`, `kvm_ioctls.rs` | what either device answers to each of KVM's ioctls, and which those are |
//! | `c_and_rust.rs` | the modules in C and in Rust |
//! | `costs.rs` | how many instructions the same takes on either device |
//! | `counterparts.rs`, `own_ioctls.rs` | what has another name on the other device, and hiboma's own names |
//! | `lists.rs` | the lists in `comparisons/` that are written by hand |
//! | `kept.rs` | what is made, written or held against what is kept |
//! | `recordings.rs` | what commands print in the guest |
//! | `watched.rs` | what the kernel does for them, traced, and in gdb |
//! | `references.rs`, `definition.rs` | what the book says of the kernel's own code |
//! | `kvm_functions.rs` | which function of KVM does the work of which file of hiboma |
//! | `differences.rs` | the list of what hiboma does otherwise than KVM |
//! | `readme.rs` | what `make demo` prints |

mod c_and_rust;
pub mod costs;
pub mod counterparts;
mod definition;
mod descriptors;
pub mod differences;
pub mod evidence;
mod ioctl_matrix;
pub mod kept;
pub mod kvm_functions;
mod kvm_ioctls;
pub mod lists;
pub mod lookup;
mod own_ioctls;
pub mod pairs;
pub mod readme;
pub mod recordings;
pub mod references;
mod side_by_side;
mod system_calls;
pub mod watched;
