// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the tests with random programs share.
//!
//! - `seeds.rs`: [`seeds`], a range of seeds on a command line;
//! - `dice.rs`: [`Dice`], chance that a seed decides;
//! - `shrink.rs`: [`without`], the shortest list that still fails.

mod dice;
mod seeds;
mod shrink;

pub use dice::Dice;
pub use seeds::seeds;
pub use shrink::without;
