// SPDX-License-Identifier: GPL-2.0

//! Arithmetic on operands in memory: the results and the flags.
//!
//! Counterpart: the `EM_ASM_2` of [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c). The
//! interpreter has the same for up to 32 bits.

use super::register::mask;
use crate::emulator::flags::{
    AF,
    CF,
    OF,
    PF,
    SF,
    ZF, //
};

pub(super) const ADD: u8 = 0;
pub(super) const AND: u8 = 4;
pub(super) const SUB: u8 = 5;
pub(super) const CMP: u8 = 7;

/// Executes an operation, given by the three bits that encode it. Changes the flags.
pub(super) fn alu(operation: u8, size: usize, a: u64, b: u64, rflags: &mut u64) -> u64 {
    let (a, b) = (a & mask(size), b & mask(size));
    let carry = u128::from(*rflags & CF);
    let (wide_a, wide_b) = (u128::from(a), u128::from(b));
    // The bit above those of the operands is the carry, or the borrow.
    let (wide, overflow) = match operation {
        ADD | 2 => {
            let sum = wide_a + wide_b + if operation == ADD { 0 } else { carry };
            (sum, (a ^ sum as u64) & (b ^ sum as u64))
        }
        3 | SUB | CMP => {
            let borrow = if operation == 3 { carry } else { 0 };
            let difference = wide_a.wrapping_sub(wide_b).wrapping_sub(borrow);
            (difference, (a ^ b) & (a ^ difference as u64))
        }
        1 => (wide_a | wide_b, 0),
        AND => (wide_a & wide_b, 0),
        _ => (wide_a ^ wide_b, 0),
    };
    let result = wide as u64 & mask(size);
    let sign = |value: u64| value >> (8 * size - 1) & 1 != 0;
    let arithmetic = matches!(operation, ADD | 2 | 3 | SUB | CMP);
    let mut set = |flag: u64, value: bool| {
        *rflags = *rflags & !flag | if value { flag } else { 0 };
    };
    set(CF, wide >> (8 * size) & 1 != 0);
    set(OF, sign(overflow));
    set(AF, arithmetic && (a ^ b ^ result) & 0x10 != 0);
    set(ZF, result == 0);
    set(SF, sign(result));
    set(PF, (result as u8).count_ones() & 1 == 0);
    result
}
