// SPDX-License-Identifier: MIT OR Apache-2.0

//! Comparisons of the two devices, and the files in `comparisons/` and the README that keep them.
//!
//! | file | contents |
//! | --- | --- |
//! | `pairs.rs` | runs the pairs of programs |
//! | `side_by_side.rs` | prints two texts side by side |
//! | `evidence.rs` | all tables of `cargo lab compare` |
//! | `system_calls.rs` | the system calls of the two sides |
//! | `descriptors.rs` | the open descriptors of the two sides |
//! | `ioctl_matrix.rs`, `kvm_ioctls.rs` | the results of all KVM ioctls on both devices, and the list of them |
//! | `c_and_rust.rs` | the modules in C and in Rust |
//! | `costs.rs` | the number of instructions of an operation, on each device |
//! | `counterparts.rs`, `own_ioctls.rs` | names that differ between the devices, and hiboma's own names |
//! | `lists.rs` | the handwritten lists in `comparisons/` |
//! | `kept.rs` | writes generated files, or compares them with the kept ones |
//! | `recordings.rs` | the recorded output of commands in the guest |
//! | `watched.rs` | recordings of what the kernel does for them: traces and gdb sessions |
//! | `references.rs`, `definition.rs` | the book's statements about the kernel's own code |
//! | `kvm_functions.rs` | the function of KVM that does the work of each file of hiboma |
//! | `differences.rs` | the list of differences between hiboma and KVM |
//! | `readme.rs` | the output of `make demo` |

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
