// SPDX-License-Identifier: GPL-2.0

//! [`Register`]: a general register, or a part of one, as an instruction encodes it.
//!
//! Counterparts: `decode_register()` and `assign_register()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

/// The lowest 1, 2, 4 or 8 bytes of a register, or its second byte.
#[derive(Clone, Copy)]
pub(super) struct Register {
    number: usize,
    size: usize,
    /// AH, CH, DH or BH.
    second: bool,
}

impl Register {
    /// `code` has three bits, and REX the fourth. Without REX, bytes 4 to 7 are AH, CH, DH and BH.
    pub(super) fn new(code: u8, size: usize, rex: u8) -> Self {
        let second = size == 1 && rex == 0 && code >= 4;
        let number = if second {
            code - 4
        } else {
            code | rex << 1 & 8
        };
        Register {
            number: number.into(),
            size,
            second,
        }
    }

    pub(super) fn get(self, regs: &[u64; 16]) -> u64 {
        let value = regs[self.number];
        let value = if self.second { value >> 8 } else { value };
        value & mask(self.size)
    }

    /// Writes the register. 4 bytes clear its upper half; 1 or 2 bytes leave the rest unchanged.
    pub(super) fn set(self, regs: &mut [u64; 16], value: u64) {
        let register = &mut regs[self.number];
        let shift = if self.second { 8 } else { 0 };
        let mask = match self.size {
            4 => u64::MAX,
            size => mask(size) << shift,
        };
        *register = *register & !mask | (value & self::mask(self.size)) << shift;
    }
}

/// Returns the mask of a number of `size` bytes.
pub(super) fn mask(size: usize) -> u64 {
    u64::MAX >> (64 - 8 * size)
}
