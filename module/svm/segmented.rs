// SPDX-License-Identifier: GPL-2.0

//! Memory operands: from a segment and an offset to a linear address, and from there to the bytes.
//!
//! Counterparts: `__linearize()`, `segmented_read()` and `segmented_write()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use kernel::prelude::*;

use super::{
    emulate::{
        Emulator,
        Trap, //
    },
    guest_paging::{
        Access,
        Walker, //
    },
    mode::Mode,
};
use crate::{
    vcpu::{
        mmio::Fragment,
        sregs::segments_of, //
    },
    vm::guest_memory::within_page, //
};
const SS: usize = 2;
const FS: usize = 4;

impl Emulator<'_> {
    /// Returns the linear address of an operand: `linearize()`.
    pub(super) fn linear(&mut self, segment: usize, offset: u64, size: usize) -> Result<u64, Trap> {
        let last = offset.wrapping_add(size as u64 - 1);
        let fault = Trap::Exception {
            vector: if segment == SS { 12 } else { 13 },
            error_code: 0,
        };
        let segments = segments_of(self.sregs);
        let it = &segments[segment];
        if self.mode == Mode::Bits64 {
            let base = if segment >= FS { it.base } else { 0 };
            let linear = base.wrapping_add(offset);
            let is_canonical = |address: u64| (address << 16) as i64 >> 16 == address as i64;
            return match is_canonical(linear) && is_canonical(base.wrapping_add(last)) {
                true => Ok(linear),
                false => Err(fault),
            };
        }
        // The valid offsets of an expand-down data segment are those above its limit.
        let down = it.type_ & 0xc == 4;
        let top = if it.db != 0 { u32::MAX } else { 0xffff };
        let valid = match down {
            false => last >= offset && last <= it.limit.into(),
            true => offset > it.limit.into() && last >= offset && last <= top.into(),
        };
        match valid && it.present != 0 {
            true => Ok((it.base.wrapping_add(offset)) & u64::from(u32::MAX)),
            false => Err(fault),
        }
    }

    fn translate(&mut self, linear: u64, access: Access) -> Result<u64, Trap> {
        let io = &mut *self.bus.io;
        let walker = Walker::of_guest(&self.bus.vcpu.vm, self.sregs, &io.cpuid);
        let gpa = walker.gva_to_gpa(&mut io.slots, linear, access)?;
        gpa.map_err(|fault| Trap::PageFault {
            address: linear,
            error_code: fault.0,
        })
    }

    /// Splits an access at a page boundary. Returns the first part's length, and both addresses.
    fn pages(
        &mut self,
        linear: u64,
        size: usize,
        access: Access,
    ) -> Result<(usize, [u64; 2]), Trap> {
        let first = within_page(linear, size);
        let gpa = self.translate(linear, access)?;
        let next = match first < size {
            true => self.translate(linear.wrapping_add(first as u64), access)?,
            false => 0,
        };
        Ok((first, [gpa, next]))
    }

    /// Reads up to eight bytes.
    pub(super) fn read(&mut self, segment: usize, offset: u64, size: usize) -> Result<u64, Trap> {
        let linear = self.linear(segment, offset, size)?;
        let (first, gpas) = self.pages(linear, size, Access::Read)?;
        let mut data = [0; 8];
        let (mut at, mut length) = (0, first);
        for gpa in gpas {
            let part = data.get_mut(at..at + length).unwrap_or_default();
            if !part.is_empty() {
                self.bus.read_onepage(gpa, part)?;
            }
            (at, length) = (first, size - first);
        }
        Ok(u64::from_le_bytes(data))
    }

    /// Writes up to eight bytes. Bytes outside all slots go to userspace.
    pub(super) fn write(
        &mut self,
        segment: usize,
        offset: u64,
        size: usize,
        value: u64,
    ) -> Result<(), Trap> {
        let linear = self.linear(segment, offset, size)?;
        let (first, [gpa, next]) = self.pages(linear, size, Access::Write)?;
        let data = value.to_le_bytes();
        let (data, rest) = data.get(..size).unwrap_or_default().split_at(first);
        let mut fragments: [Option<Fragment>; 2] = [self.bus.write_onepage(gpa, data)?, None];
        if !rest.is_empty() {
            fragments[1] = self.bus.write_onepage(next, rest)?;
        }
        self.bus.write_to_userspace(fragments);
        Ok(())
    }
}
