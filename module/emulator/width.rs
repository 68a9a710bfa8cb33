// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Width`]: the size of an operand.

/// The size of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// 8 bits.
    Byte = 1,
    /// 16 bits.
    Word = 2,
    /// 32 bits.
    Dword = 4,
}

impl Width {
    pub(super) fn bytes(self) -> u32 {
        self as u32
    }

    pub(super) fn bits(self) -> u32 {
        8 * self.bytes()
    }

    /// Returns the largest value of this width.
    pub(super) fn mask(self) -> u32 {
        u32::MAX >> (32 - self.bits())
    }

    pub(super) fn truncate(self, value: u32) -> u32 {
        value & self.mask()
    }

    /// Returns the most significant bit.
    pub(super) fn sign(self, value: u32) -> bool {
        value >> (self.bits() - 1) & 1 != 0
    }

    /// Makes the compiler generate separate code for each width.
    #[inline(always)]
    pub(super) fn known<T>(self, mut with: impl FnMut(Width) -> T) -> T {
        match self {
            Width::Byte => with(Width::Byte),
            Width::Word => with(Width::Word),
            Width::Dword => with(Width::Dword),
        }
    }

    /// Returns the value as a signed number.
    pub(super) fn signed(self, value: u32) -> i32 {
        match self {
            Width::Byte => (value as i8).into(),
            Width::Word => (value as i16).into(),
            Width::Dword => value as i32,
        }
    }

    /// Returns the part of a buffer that a value of this width takes.
    pub(super) fn of(self, buffer: &mut [u8; 4]) -> &mut [u8] {
        match self {
            Width::Byte => &mut buffer[..1],
            Width::Word => &mut buffer[..2],
            Width::Dword => buffer,
        }
    }
}
