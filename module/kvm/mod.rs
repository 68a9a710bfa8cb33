// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! What KVM promises to userspace, as far as hiboma keeps that promise too: the numbers of its
//! ioctls, and the structures that they read and write.
//!
//! Both sides include this very folder, as they do `uapi.rs`; a test of the `hiboma` crate holds it
//! to kvm-bindings, field by field. What each is for is said in `Documentation/virt/kvm/api.rst`.
//!
//! Counterparts: [`include/uapi/linux/kvm.h`](srctree/include/uapi/linux/kvm.h) and
//! [`arch/x86/include/uapi/asm/kvm.h`](srctree/arch/x86/include/uapi/asm/kvm.h).
//!
//! # Layout
//!
//! - `ioctls.rs`: the numbers of the ioctls;
//! - `capabilities.rs`: what `KVM_CHECK_EXTENSION` can be asked;
//! - `processor.rs`: what a processor says of itself;
//! - `memory.rs`: a machine's memory, and its eventfds;
//! - `registers.rs`: a processor's registers;
//! - `run.rs`: `struct kvm_run`.

#![allow(
    missing_docs,
    reason = "the names are those of Documentation/virt/kvm/api.rst"
)]

mod capabilities;
mod ioctls;
mod memory;
mod processor;
mod registers;
mod run;

pub use capabilities::*;
pub use ioctls::*;
pub use memory::*;
pub use processor::*;
pub use registers::*;
pub use run::*;
