// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands side by side, and what is kept of it in `comparisons/` and in the README.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `pairs.rs` | the pairs of programs, run |
//! | `side_by_side.rs` | two texts, next to each other |
//! | `recordings.rs` | what commands print in the guest |
//! | `excerpts.rs` | the kernel's own code |
//! | `references.rs`, `definition.rs` | what the book says of the kernel's own code |
//! | `counterparts.rs` | which function of KVM does the work of which file of hiboma |
//! | `differences.rs` | the list of what hiboma does otherwise than KVM |
//! | `readme.rs` | what `make demo` prints |

pub mod counterparts;
mod definition;
pub mod differences;
pub mod excerpts;
pub mod pairs;
pub mod readme;
pub mod recordings;
pub mod references;
mod side_by_side;
