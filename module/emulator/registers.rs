// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The general-purpose registers, the segment registers, and the instruction pointer.
//!
//! SDM vol. 1, "Basic Program Execution Registers" and "Instruction Pointer".
//!
//! Counterparts: `decode_register()`, `reg_read()` and `reg_write()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    cpu::{
        Cpu,
        Segment, //
    },
    exceptions::Exception,
    width::Width, //
};

/// AL, AX or EAX.
pub(super) const AX: u8 = 0;
/// CL, CX or ECX.
pub(super) const CX: u8 = 1;
/// DL, DX or EDX.
pub(super) const DX: u8 = 2;
/// BL, BX or EBX.
pub(super) const BX: u8 = 3;
/// SP or ESP.
pub(super) const SP: u8 = 4;
/// BP or EBP.
pub(super) const BP: u8 = 5;
/// SI or ESI.
pub(super) const SI: u8 = 6;
/// DI or EDI.
pub(super) const DI: u8 = 7;
/// As a byte register, number 4 is AH, not SP.
pub(super) const AH: u8 = 4;

/// The segment registers, in the order of their encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they have no other names")]
pub(super) enum SegmentRegister {
    Es,
    Cs,
    Ss,
    Ds,
    Fs,
    Gs,
}

impl SegmentRegister {
    /// Returns the register with this number, if it exists.
    pub(super) fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Es,
            1 => Self::Cs,
            2 => Self::Ss,
            3 => Self::Ds,
            4 => Self::Fs,
            5 => Self::Gs,
            _ => return None,
        })
    }
}

impl Cpu {
    /// Reads a general-purpose register. Byte registers 4 to 7 are the second bytes of registers 0
    /// to 3: AH, CH, DH and BH.
    #[inline]
    pub(super) fn register(&self, width: Width, number: u8) -> u32 {
        match width {
            Width::Byte => self.byte_register(number),
            _ => width.truncate(self.regs[usize::from(number & 7)] as u32),
        }
    }

    fn byte_register(&self, number: u8) -> u32 {
        let [low, high, ..] = self.regs[usize::from(number & 3)].to_le_bytes();
        match number {
            0..4 => low.into(),
            _ => high.into(),
        }
    }

    /// Writes a general-purpose register. 32 bits clear the upper half, 8 or 16 leave the rest.
    #[inline]
    pub(super) fn set_register(&mut self, width: Width, number: u8, value: u32) {
        match width {
            Width::Byte => self.set_byte_register(number, value as u8),
            Width::Word => {
                let register = &mut self.regs[usize::from(number & 7)];
                *register = *register & !0xffff | u64::from(value & 0xffff);
            }
            Width::Dword => self.regs[usize::from(number & 7)] = value.into(),
        }
    }

    fn set_byte_register(&mut self, number: u8, value: u8) {
        let register = &mut self.regs[usize::from(number & 3)];
        *register = match number {
            0..4 => *register & !0xff | u64::from(value),
            _ => *register & !0xff00 | u64::from(value) << 8,
        };
    }

    pub(super) fn segment(&self, register: SegmentRegister) -> &Segment {
        &self.segments[register as usize]
    }

    /// Loads a segment register as real mode does: computes the base, without a descriptor.
    pub(super) fn load_segment(&mut self, register: SegmentRegister, selector: u16) {
        let segment = &mut self.segments[register as usize];
        segment.selector = selector;
        segment.base = u32::from(selector) << 4;
    }

    /// Jumps within the segment. With 16 bits, truncates the instruction pointer.
    pub(super) fn jump(&mut self, width: Width, target: u32) -> Result<(), Exception> {
        let target = width.truncate(target);
        if target > self.segment(SegmentRegister::Cs).limit {
            return Err(Exception::GeneralProtection);
        }
        self.rip = target.into();
        Ok(())
    }

    /// Jumps to another segment.
    pub(super) fn jump_far(&mut self, selector: u16, offset: u32) -> Result<(), Exception> {
        self.jump(Width::Dword, offset)?;
        self.load_segment(SegmentRegister::Cs, selector);
        Ok(())
    }
}
