// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shared code of the tests with random programs.
//!
//! - `seeds.rs`: [`seeds`], a range of seeds on a command line;
//! - `dice.rs`: [`Dice`], pseudo-random choices that a seed determines;
//! - `shrink.rs`: [`without`], the shortest list that still fails.

mod dice;
mod seeds;
mod shrink;

pub use dice::Dice;
pub use seeds::seeds;
pub use shrink::without;
