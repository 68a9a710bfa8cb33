// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! An interpreter of real-mode x86.
//!
//! Counterpart: [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c). The chapters that the
//! comments name are those of the *Intel 64 and IA-32 Architectures Software Developer's Manual*,
//! the SDM.
//!
//! # Layout
//!
//! What callers see:
//!
//! - `cpu.rs`: the registers.
//! - `bus.rs`: the world around them.
//! - `step.rs`: one instruction.
//!
//! What it is made of:
//!
//! - `execution.rs`, `abort.rs`: an instruction under way, and why it may not get to its end.
//! - `decoder/`: from bytes to an operation and its operands.
//! - `instructions/`: what the operations do.
//! - `exceptions.rs`: what happens instead.
//! - `registers.rs`, `flags.rs`, `memory.rs`: what instructions work on.
//! - `operand.rs`, `width.rs`: how they reach it.

#![forbid(unsafe_code)]

mod abort;
mod bus;
mod cpu;
mod decoder;
mod exceptions;
mod execution;
pub mod flags;
mod instructions;
mod memory;
mod operand;
mod registers;
mod step;
mod width;

pub use bus::Bus;
pub use cpu::{Cpu, DescriptorTable, Segment, Stop};
pub use decoder::{one_byte, two_byte, undefined_flags, ModRm, Opcode, OperandCode, Operation};
