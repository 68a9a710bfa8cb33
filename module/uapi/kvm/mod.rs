// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The part of KVM's interface to userspace that hiboma implements: the numbers of its
//! ioctls, and the structures that they read and write.
//!
//! Kernel and userspace include this same folder; a test of the `hiboma` crate compares it with
//! kvm-bindings, field by field. `Documentation/virt/kvm/api.rst` says what each item is for.
//!
//! Counterparts: [`include/uapi/linux/kvm.h`](srctree/include/uapi/linux/kvm.h) and
//! [`arch/x86/include/uapi/asm/kvm.h`](srctree/arch/x86/include/uapi/asm/kvm.h).
//!
//! # Layout
//!
//! - `ioctls.rs`: the numbers of the ioctls;
//! - `capabilities.rs`: the capabilities of `KVM_CHECK_EXTENSION`;
//! - `enable_cap.rs`: `KVM_ENABLE_CAP`;
//! - `memory_region.rs`: memory slots, and their dirty pages;
//! - `ioeventfd.rs`: `KVM_IOEVENTFD`;
//! - `coalesced_mmio.rs`: writes that userspace reads from a ring;
//! - `clock.rs`: the clock of a VM;
//! - `registers.rs`: the registers of a vCPU, and its MP state;
//! - `fpu.rs`: its x87 and SSE registers;
//! - `events.rs`: pending exceptions and interrupts;
//! - `debug.rs`: debug registers and debuggers;
//! - `cpuid.rs`: what `cpuid` returns;
//! - `msrs.rs`: model-specific registers;
//! - `kvm_run.rs`: `struct kvm_run`.

#![allow(
    missing_docs,
    reason = "the names are those of Documentation/virt/kvm/api.rst"
)]

mod capabilities;
mod clock;
mod coalesced_mmio;
mod cpuid;
mod debug;
mod enable_cap;
mod events;
mod fpu;
mod ioctls;
mod ioeventfd;
mod kvm_run;
mod memory_region;
mod msrs;
mod registers;

pub use capabilities::*;
pub use clock::*;
pub use coalesced_mmio::*;
pub use cpuid::*;
pub use debug::*;
pub use enable_cap::*;
pub use events::*;
pub use fpu::*;
pub use ioctls::*;
pub use ioeventfd::*;
pub use kvm_run::*;
pub use memory_region::*;
pub use msrs::*;
pub use registers::*;
