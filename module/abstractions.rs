// SPDX-License-Identifier: GPL-2.0

//! What the kernel crate lacks. All of the module's `unsafe` code is here.
//!
//! # Layout
//!
//! - `anon_inode/`: files without a name, as `anon_inode_getfile()` makes them;
//! - `cpu.rs`: how many CPUs are online, and the time-stamp counter;
//! - `current.rs`: the current task;
//! - `eventfd.rs`: an eventfd that the kernel signals;
//! - `hva_to_pfn.rs`: finds the physical page behind a userspace address;
//! - `lock_killable.rs`: `mutex_lock_killable()`;
//! - `mm.rs`: the address space of a process;
//! - `mmu_notifier.rs`: tracks changes of a process's memory;
//! - `msr.rs`: the host's registers that decide whether and how the CPU runs guests;
//! - `page_fault.rs`: page faults in userspace memory, which may have to wait;
//! - `physical.rs`: memory that the CPU accesses by its physical address;
//! - `shared_page.rs`: a page that the kernel and userspace write concurrently;
//! - `sigprocmask.rs`: signals that a task blocks for a while;
//! - `try_cmpxchg_user.rs`: an atomic access to userspace memory;
//! - `user_access.rs`: other single accesses to userspace memory;
//! - `world_switch.rs`: enters a guest with `vmrun`, and returns;
//! - `xfer_to_guest_mode.rs`: does the pending work of a task before it enters the guest.

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
