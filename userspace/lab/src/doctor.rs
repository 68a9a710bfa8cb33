// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the lab needs of the machine, and how to get it.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `prerequisites.toml` | the list, with the packages of each distribution |
//! | `prerequisite.rs` | what an entry of the list means |
//! | `probe.rs` | how each is looked for |
//! | `setup.rs` | how it is installed |
//! | `distribution.rs` | which distribution this is |

pub mod distribution;
pub mod prerequisite;
mod probe;
pub mod setup;
