// SPDX-License-Identifier: MIT OR Apache-2.0

//! KVM's layers, on both devices.

mod device;
mod mapping;
mod run;
mod vcpu;
mod vm;
