// SPDX-License-Identifier: GPL-2.0

//! The interface for userspace. The `hiboma` crate includes the same files.
//!
//! - `hiboma.rs`: the ioctls that only hiboma has;
//! - `kvm/`: the ioctls and structures of KVM that hiboma implements.

pub mod hiboma;
pub mod kvm;
