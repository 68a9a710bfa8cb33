// SPDX-License-Identifier: GPL-2.0

//! What the kernel crate lacks. All of the module's `unsafe` is in here.
//!
//! # Layout
//!
//! - `anon_inode/`: files without a name, as `anon_inode_getfile()` makes them;
//! - `cpu.rs`: how many CPUs are online, and the time-stamp counter;
//! - `current.rs`: the task that runs;
//! - `eventfd.rs`: an eventfd that is signalled from the kernel;
//! - `hva_to_pfn.rs`: a page of a program's memory, by its physical address;
//! - `lock_killable.rs`: `mutex_lock_killable()`;
//! - `mm.rs`: the address space of a process;
//! - `mmu_notifier.rs`: when a program's memory changes;
//! - `msr.rs`: the host's model-specific registers, and what else only asm reads;
//! - `page_fault.rs`: a page that has to be waited for;
//! - `physical.rs`: memory that the CPU finds by its physical address;
//! - `shared_page.rs`: a page that the kernel and a program write at the same time;
//! - `sigprocmask.rs`: signals that a task blocks for a while;
//! - `try_cmpxchg_user.rs`: an atomic access to a program's memory;
//! - `user_access.rs`: other accesses, each a single one;
//! - `world_switch.rs`: into a guest by `vmrun`, and back;
//! - `xfer_to_guest_mode.rs`: what `KVM_RUN` does between two entries of the guest.

pub mod anon_inode;
pub(crate) mod cpu;
pub(crate) mod current;
pub(crate) mod eventfd;
pub(crate) mod hva_to_pfn;
pub(crate) mod lock_killable;
pub(crate) mod mm;
pub(crate) mod mmu_notifier;
pub(crate) mod msr;
pub(crate) mod page_fault;
pub(crate) mod physical;
pub(crate) mod shared_page;
pub(crate) mod sigprocmask;
pub(crate) mod try_cmpxchg_user;
pub(crate) mod user_access;
pub(crate) mod world_switch;
pub(crate) mod xfer_to_guest_mode;
