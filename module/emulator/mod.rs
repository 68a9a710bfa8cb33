// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! An interpreter of real-mode x86.
//!
//! Counterpart: [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c). The chapters that the
//! comments name are those of the *Intel 64 and IA-32 Architectures Software Developer's Manual*,
//! the SDM.
//!
//! # Layout
//!
//! The path of an instruction:
//!
//! - `step.rs`: the entry, [`Cpu::run`].
//! - `cpu.rs`: the registers.
//! - `bus.rs`: memory, ports and userspace, as the interpreter sees them.
//! - `context.rs`: an instruction in progress.
//! - `decode.rs`, `fetch.rs`: the decoder, from bytes to an operation and its operands;
//!   `decode_cache.rs` keeps what it has decoded.
//! - `io.rs`: `in` and `out`, the instructions that end in `KVM_EXIT_IO`.
//! - `segmented.rs`: memory by segment and offset.
//! - `stop.rs`: why an instruction did not complete.
//! - `exceptions.rs`: how the handler of an exception is called.
//!
//! What instructions operate on:
//!
//! - `registers.rs`, `flags.rs`, `operand.rs`, `width.rs`.
//!
//! An appendix, for reference:
//!
//! - `instruction_set/`: how instructions are encoded, and what each of them does.

#![forbid(unsafe_code)]

mod bus;
mod context;
mod cpu;
mod decode;
mod decode_cache;
mod exceptions;
mod fetch;
pub mod flags;
pub mod instruction_set;
mod io;
mod operand;
mod registers;
mod segmented;
mod step;
mod stop;
mod width;

pub use bus::Bus;
pub use cpu::{Cpu, DescriptorTable, Segment};
pub use decode_cache::{DecodeCache, Decoded, PrefetchQueue};
pub use exceptions::Exception;
pub use fetch::FetchCache;
pub use stop::Stop;
