// SPDX-License-Identifier: GPL-2.0

//! What the kernel crate lacks. All of the module's `unsafe` is in here.
//!
//! # Layout
//!
//! - `anon_inode/`: files without a name, as `anon_inode_getfile()` makes them;
//! - `cpu.rs`: how many CPUs are online;
//! - `current.rs`: the task that runs;
//! - `eventfd.rs`: an eventfd that is signalled from the kernel;
//! - `lock_killable.rs`: `mutex_lock_killable()`;
//! - `mm.rs`: the address space of a process;
//! - `page_fault.rs`: a page that has to be waited for;
//! - `shared_page.rs`: a page that the kernel and a program write at the same time;
//! - `try_cmpxchg_user.rs`: an atomic access to a program's memory;
//! - `user_access.rs`: other accesses, each a single one;
//! - `xfer_to_guest_mode.rs`: what `KVM_RUN` does between two entries of the guest.

pub mod anon_inode;
pub(crate) mod cpu;
pub(crate) mod current;
pub(crate) mod eventfd;
pub(crate) mod lock_killable;
pub(crate) mod mm;
pub(crate) mod page_fault;
pub(crate) mod shared_page;
pub(crate) mod try_cmpxchg_user;
pub(crate) mod user_access;
pub(crate) mod xfer_to_guest_mode;
