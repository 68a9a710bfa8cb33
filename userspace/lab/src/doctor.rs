// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's prerequisites on this machine, and how to install them.
//!
//! | file | contents |
//! | --- | --- |
//! | `prerequisites.toml` | the list, with the packages of each distribution |
//! | `prerequisite.rs` | the meaning of an entry of the list |
//! | `probe.rs` | how each prerequisite is found |
//! | `setup.rs` | how the missing ones are installed |
//! | `apt.rs` | runs apt-get as root, without ever removing a package |
//! | `conflict.rs` | installed packages that conflict with a wanted one, and a suite that fits |
//! | `distribution.rs` | recognizes the distribution |

mod apt;
mod conflict;
pub mod distribution;
pub mod prerequisite;
mod probe;
pub mod setup;
