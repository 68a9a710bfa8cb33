// SPDX-License-Identifier: MIT OR Apache-2.0

//! Typed descriptors for `/dev/hiboma`.
//!
//! A descriptor is a capability: the object that it refers to decides which ioctls it takes. So
//! each kind of descriptor is a type of its own, and its ioctls are the methods of that type, as in
//! [kvm-ioctls](https://docs.rs/kvm-ioctls) for KVM. They work alike on `hiboma_tiny.ko`, on its
//! C twin and on `hiboma.ko`.
//!
//! | descriptor               | hiboma     | made by              | KVM     | made by         |
//! | ------------------------ | ---------- | -------------------- | ------- | --------------- |
//! | the device               | [`Hiboma`] | [`Hiboma::open`]     | `Kvm`   | `Kvm::new`      |
//! | an anonymous inode's     | [`AnonFd`] | [`Hiboma::open_fd`]  | `VmFd`  | `Kvm::create_vm` |
//!
//! # Layout
//!
//! - [`uapi`], [`kvm`]: hiboma's own numbers, and those of KVM's numbers and structures that it
//!   supports: the same files that the module is built from;
//! - `device.rs`: [`Hiboma`];
//! - `anon.rs`: [`AnonFd`];
//! - `error.rs`: [`OpenError`], why the device could not be opened and what to do about it;
//! - `ioctl.rs`: the system calls, and all `unsafe` code of this crate.
//!
//! # Example
//!
//! ```no_run
//! use hiboma::Hiboma;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let device = Hiboma::open()?;
//!     println!("version = {}", device.version()?);
//!
//!     let anon = device.open_fd()?;
//!     println!("count = {}", anon.count()?);
//!     Ok(())
//! }
//! ```

mod anon;
mod device;
mod error;
mod ioctl;
#[path = "../../../module/uapi/kvm/mod.rs"]
pub mod kvm;
#[path = "../../../module/uapi/hiboma.rs"]
pub mod uapi;

pub use anon::AnonFd;
pub use device::Hiboma;
pub use error::OpenError;
