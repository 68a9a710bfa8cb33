// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interrupt handlers of every program.
//!
//! The handler of an interrupt or a trap just returns. That of a fault skips the
//! instruction: the program writes its length to the cell [`LENGTH`] before an instruction
//! that may fault. If the length is 0, the fault was unexpected, and the program ends here.
//!
//! Each begins with WBINVD because of KVM: its only effect is a #VMEXIT that the
//! program does not notice. KVM takes an event delivered since the last #VMEXIT for one
//! that is still being delivered, and then fails on a device's memory
//! (`KVM_INTERNAL_ERROR_DELIVERY_EV`): `svm_check_emulate_instruction()` checks the
//! type in EXITINTINFO without its valid bit, and QEMU's TCG clears only the valid bit.

use std::sync::LazyLock;

use iced_x86::{Code, Encoder, Instruction, MemoryOperand, Register};

use crate::memory_map::{CELLS, HANDLERS};

/// The segment of the handlers.
pub const SELECTOR: u16 = (HANDLERS >> 4) as u16;

/// The offset, in the segment of the handlers, of the length of an instruction that may fault.
pub const LENGTH: u16 = (CELLS - HANDLERS) as u16;

/// The vectors whose handlers return to the faulting instruction.
const FAULTS: [u8; 6] = [0, 5, 6, 7, 12, 13];

/// The offset of the fault handlers; before them every other vector has its own [`RETURN`].
const FAULT_HANDLERS: u16 = 256 * RETURN.len() as u16;

/// `wbinvd`, `iret`.
const RETURN: [u8; 3] = [0x0f, 0x09, 0xcf];

/// The size of a fault handler's first part.
const STUB: u16 = 4;

/// Returns the offset of a vector's handler in the segment of the handlers. All are different.
pub fn offset(vector: u8) -> u16 {
    match FAULTS.iter().position(|fault| *fault == vector) {
        Some(index) => FAULT_HANDLERS + STUB * index as u16,
        None => u16::from(vector) * RETURN.len() as u16,
    }
}

/// Returns the vector whose handler is at this address.
pub fn vector_at(selector: u16, ip: u64) -> Option<u8> {
    let faults = u64::from(FAULT_HANDLERS);
    if selector != SELECTOR || ip >= faults + 0x100 {
        return None;
    }
    let vector = match ip.checked_sub(faults) {
        Some(offset) => *FAULTS.get((offset / u64::from(STUB)) as usize)?,
        None => (ip / RETURN.len() as u64) as u8,
    };
    (u64::from(offset(vector)) == ip).then_some(vector)
}

/// Returns the interrupt vector table.
pub fn vectors() -> Vec<u8> {
    let entries = (0..=u8::MAX).flat_map(|vector| [offset(vector), SELECTOR]);
    entries.flat_map(u16::to_le_bytes).collect()
}

/// Returns all handlers.
pub fn code() -> &'static [u8] {
    &HANDLERS_CODE.0
}

/// Returns RIP at the end of a program with an unexpected fault.
pub fn end() -> u64 {
    HANDLERS_CODE.1
}

static HANDLERS_CODE: LazyLock<(Vec<u8>, u64)> =
    LazyLock::new(|| assemble().expect("the handlers are valid instructions"));

fn assemble() -> Result<(Vec<u8>, u64), iced_x86::IcedError> {
    use Register::{AL, AX, BP, CS, SP};
    let length = MemoryOperand::new(
        Register::None,
        Register::None,
        1,
        LENGTH.into(),
        2,
        false,
        CS,
    );
    let return_ip = MemoryOperand::with_base_displ_size(BP, 2, 1);

    let mut code = RETURN.repeat(256);
    let common = FAULT_HANDLERS + STUB * FAULTS.len() as u16;
    let mut encoder = Encoder::new(16);
    let mut ip = u64::from(FAULT_HANDLERS);
    let mut put = |instruction: Instruction| -> Result<u64, iced_x86::IcedError> {
        ip += encoder.encode(&instruction, ip)? as u64;
        Ok(ip)
    };
    for _ in FAULTS {
        put(Instruction::with(Code::Wbinvd))?;
        put(Instruction::with_branch(Code::Jmp_rel8_16, common.into())?)?;
    }
    put(Instruction::with1(Code::Push_r16, BP)?)?;
    put(Instruction::with2(Code::Mov_r16_rm16, BP, SP)?)?;
    put(Instruction::with1(Code::Push_r16, AX)?)?;
    put(Instruction::with2(Code::Mov_r8_rm8, AL, length)?)?;
    put(Instruction::with2(Code::Mov_rm8_imm8, length, 0)?)?;
    put(Instruction::with(Code::Cbw))?;
    let after_test = put(Instruction::with2(Code::Test_rm16_r16, AX, AX)?)?;
    let end = after_test + 3;
    put(Instruction::with_branch(Code::Jne_rel8_16, end)?)?;
    put(Instruction::with(Code::Hlt))?;
    put(Instruction::with2(Code::Add_rm16_r16, return_ip, AX)?)?;
    put(Instruction::with1(Code::Pop_r16, AX)?)?;
    put(Instruction::with1(Code::Pop_r16, BP)?)?;
    put(Instruction::with(Code::Iretw))?;
    code.extend(encoder.take_buffer());
    Ok((code, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_has_its_own_handler() {
        for vector in 0..=u8::MAX {
            assert_eq!(vector_at(SELECTOR, offset(vector).into()), Some(vector));
        }
    }

    #[test]
    fn the_end_is_after_a_hlt() {
        assert_eq!(code()[end() as usize - 1], 0xf4);
    }
}
