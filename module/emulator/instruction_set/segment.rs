// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Far pointers into a segment register and another one.
//!
//! SDM vol. 1, "Segment Register Instructions".

use super::{
    super::registers::SegmentRegister,
    Bus,
    Execution,
    Operand,
    Outcome, //
};

impl<B: Bus> Execution<'_, B> {
    /// `lds`, `les`, `lfs`, `lgs` and `lss`.
    pub(super) fn load_pointer(
        &mut self,
        segment: SegmentRegister,
        destination: Operand,
        pointer: Operand,
    ) -> Outcome<B> {
        let (selector, offset) = self.far_pointer(pointer)?;
        self.cpu.load_segment(segment, selector);
        self.write(destination, offset)
    }
}
