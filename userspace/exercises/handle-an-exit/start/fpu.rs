// SPDX-License-Identifier: GPL-2.0

//! The image that `fxrstor` loads and `fxsave` writes. Counterpart: `module/vcpu/fpu.rs`. There is
//! nothing to do in this file.

use zerocopy::FromZeros;
use zerocopy_derive::FromBytes;

/// The valid bits of MXCSR.
pub(crate) const MXCSR_MASK: u32 = 0xffff;

#[repr(C, align(16))]
#[derive(FromBytes)]
pub(crate) struct Fpu {
    fcw: u16,
    pointers: [u8; 22],
    pub(crate) mxcsr: u32,
    rest: [u8; 512 - 28],
}

impl Fpu {
    /// Returns the reset state: all exceptions are masked.
    pub(crate) fn at_reset() -> Self {
        Fpu {
            fcw: 0x37f,
            mxcsr: 0x1f80,
            ..Fpu::new_zeroed()
        }
    }
}
