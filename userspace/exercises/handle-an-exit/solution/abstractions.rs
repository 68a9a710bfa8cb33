// SPDX-License-Identifier: GPL-2.0

//! The module's files for abstractions that the kernel crate lacks;
//! `world_switch.rs` has the `vmrun`. There is nothing to do in this file.

#![allow(dead_code, reason = "not all of it is needed here")]

#[path = "../../../../module/abstractions/current.rs"]
pub(crate) mod current;
#[path = "../../../../module/abstractions/mm.rs"]
pub(crate) mod mm;
#[path = "../../../../module/abstractions/mmu_notifier.rs"]
pub(crate) mod mmu_notifier;
#[path = "../../../../module/abstractions/msr.rs"]
pub(crate) mod msr;
#[path = "../../../../module/abstractions/physical.rs"]
pub(crate) mod physical;
#[path = "../../../../module/abstractions/world_switch.rs"]
pub(crate) mod world_switch;
#[path = "../../../../module/abstractions/xfer_to_guest_mode.rs"]
pub(crate) mod xfer_to_guest_mode;
