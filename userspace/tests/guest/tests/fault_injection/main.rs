// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each allocation of a call fails once, and each of its accesses to userspace:
//! see [`guest_tests::fault`]. The tests in `reports` find any leaks.

mod hiboma;
mod kvm;
mod load;
mod sample;
