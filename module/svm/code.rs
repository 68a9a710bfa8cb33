// SPDX-License-Identifier: GPL-2.0

//! [`Code`]: the bytes of an instruction, one after the other.
//!
//! Counterpart: `struct fetch_cache` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::mode::Mode;

/// The bytes of an instruction, and how many of them have been taken.
pub(super) struct Code<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Code<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Code { bytes, position: 0 }
    }

    pub(super) fn position(&self) -> u64 {
        self.position as u64
    }

    /// Returns the number of prefixes before the opcode.
    pub(super) fn prefixes(&self, mode: Mode) -> usize {
        let is_prefix = |byte: &&u8| match byte {
            0x26 | 0x2e | 0x36 | 0x3e | 0x64..=0x67 | 0xf0 | 0xf2 | 0xf3 => true,
            0x40..=0x4f => mode == Mode::Bits64,
            _ => false,
        };
        self.bytes.iter().take_while(is_prefix).count()
    }

    /// Whether a prefix selects the other operand size.
    pub(super) fn has_operand_size_prefix(&self, mode: Mode) -> bool {
        let mut prefixes = self.bytes.iter().take(self.prefixes(mode));
        prefixes.any(|byte| *byte == 0x66)
    }

    /// Skips the prefixes. Returns REX, or 0.
    pub(super) fn skip_prefixes(&mut self, mode: Mode) -> u8 {
        self.position = self.prefixes(mode);
        let last = self.position.checked_sub(1);
        let last = last.and_then(|last| self.bytes.get(last)).copied();
        last.filter(|byte| byte & 0xf0 == 0x40).unwrap_or(0)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.position).copied();
        self.position += 1;
        byte
    }

    /// Takes a signed number of up to 8 bytes.
    pub(super) fn signed(&mut self, size: usize) -> Option<u64> {
        let mut value = 0;
        for place in 0..size {
            value |= u64::from(self.byte()?) << (8 * place);
        }
        Some(sign_extend(value, size))
    }
}

/// Sign-extends a number of `size` bytes to 8 bytes.
pub(super) fn sign_extend(value: u64, size: usize) -> u64 {
    match size {
        0 => 0,
        _ => {
            let unused = 64 - 8 * size;
            ((value << unused) as i64 >> unused) as u64
        }
    }
}
