// SPDX-License-Identifier: MIT OR Apache-2.0

//! Decodes the kernel's instructions, as far as needed to find calls and returns.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic};

use crate::guest::Guest;

const PAGE: u64 = 4096;

/// The length of the longest instruction.
const LONGEST: usize = 15;

/// The effect of an instruction on control flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next instruction follows, or an exception handler.
    Next,
    /// May jump elsewhere.
    Jump,
    /// Calls a function, which returns to this address.
    Call(u64),
    /// Returns from a function.
    Return,
    /// Returns from a system call, an interrupt or an exception.
    Leave,
}

/// Pages of a guest's kernel, as they are after the run.
pub struct Code(HashMap<u64, Vec<u8>>);

impl Code {
    /// Reads the pages of these instructions.
    pub fn of(guest: &mut Guest, instructions: impl Iterator<Item = u64>) -> Result<Self> {
        let mut pages = HashMap::new();
        for page in instructions.map(|it| it / PAGE).collect::<BTreeSet<_>>() {
            let bytes = guest.kernel_memory(page * PAGE, PAGE as usize)?;
            pages.insert(page, bytes);
        }
        Ok(Code(pages))
    }

    /// Returns the effect of the instruction at this address.
    pub fn flow(&self, address: u64) -> Flow {
        flow(&self.bytes(address), address)
    }

    /// Returns the bytes from this address on, as many as an instruction may have. If the
    /// instruction crosses a page, others follow it there, so that page has been read too.
    fn bytes(&self, address: u64) -> Vec<u8> {
        let bytes = |address: u64| {
            let page = self.0.get(&(address / PAGE)).map_or(&[][..], Vec::as_slice);
            page.get((address % PAGE) as usize..).unwrap_or_default()
        };
        let (here, next) = (bytes(address), bytes((address / PAGE + 1) * PAGE));
        here.iter().chain(next).take(LONGEST).copied().collect()
    }
}

fn flow(bytes: &[u8], address: u64) -> Flow {
    let mut instruction = Instruction::default();
    Decoder::with_ip(64, bytes, address, DecoderOptions::NONE).decode_out(&mut instruction);
    match (instruction.mnemonic(), instruction.flow_control()) {
        (Mnemonic::Call, _) => Flow::Call(instruction.next_ip()),
        (Mnemonic::Ret, _) => Flow::Return,
        (_, FlowControl::Return) => Flow::Leave,
        (
            _,
            FlowControl::UnconditionalBranch
            | FlowControl::ConditionalBranch
            | FlowControl::IndirectBranch,
        ) => Flow::Jump,
        _ => Flow::Next,
    }
}

#[cfg(test)]
mod tests {
    use super::{Flow, flow};

    #[test]
    fn calls_and_returns_are_told_from_what_else_goes_elsewhere() {
        for (bytes, expected) in [
            (&[0xe8, 0, 0, 0, 0][..], Flow::Call(0x1005)),
            (&[0xff, 0xd0], Flow::Call(0x1002)),
            (&[0xc3], Flow::Return),
            (&[0x48, 0xcf], Flow::Leave),
            (&[0x48, 0x0f, 0x07], Flow::Leave),
            (&[0x74, 0x10], Flow::Jump),
            // VMRUN
            (&[0x0f, 0x01, 0xd8], Flow::Next),
            (&[0xf3, 0xa4], Flow::Next),
        ] {
            assert_eq!(flow(bytes, 0x1000), expected, "{bytes:x?}");
        }
    }
}
