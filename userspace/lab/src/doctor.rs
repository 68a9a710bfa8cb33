// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the lab needs of the machine, and how to get it.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `prerequisites.toml` | the list, with the packages of each distribution |
//! | `prerequisite.rs` | what an entry of the list means |
//! | `probe.rs` | how each is looked for |
//! | `setup.rs` | how it is installed |
//! | `apt.rs` | how apt-get runs: as root, and removing nothing |
//! | `conflict.rs` | which installed packages stand in the way, and the suite that fits beside them |
//! | `distribution.rs` | which distribution this is |

mod apt;
mod conflict;
pub mod distribution;
pub mod prerequisite;
mod probe;
pub mod setup;
