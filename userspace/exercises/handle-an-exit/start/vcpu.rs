// SPDX-License-Identifier: GPL-2.0

//! The x87 and SSE registers of the guest. There is nothing to do in this file.

#[path = "fpu.rs"]
pub(crate) mod fpu;
