// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers of interrupts and exceptions.
//!
//! The handler of a trap or an interrupt just returns. That of a fault skips the instruction: the
//! program writes its length to the cell [`LENGTH`] before an instruction that may fault. If that
//! is 0, the fault was unexpected, and the program ends here. Vector and error code go to cells.
//!
//! For `wbinvd`, see [`handlers`](crate::handlers).

use std::arch::global_asm;
use std::slice;

use crate::memory_map::{CELLS, HANDLERS};
use crate::mode::Mode;

/// The cell with the length of an instruction that may fault.
pub const LENGTH: u32 = CELLS;
/// The cell with the vector of the last fault; the error code follows.
const VECTOR: u32 = CELLS + 0x20;

/// The flag that a fault sets in the pushed flags. Handlers clear it: TCG keeps RF
/// up to the end of a block of code, a CPU up to the end of the next instruction.
const RF: u32 = 1 << 16;

/// The size of an exception handler's first part, in bytes.
const STUB: u32 = 16;
const EXCEPTIONS: u8 = 32;

/// Assembles the handlers, for stack words of this number of bytes.
macro_rules! handlers {
    ($name:literal, $code:literal, $word:literal, $a:literal, $sp:literal, $ptr:literal, $iret:literal) => {
        global_asm!(
            ".pushsection .rodata",
            concat!(".global ", $name, ", ", $name, "_hlt, ", $name, "_end"),
            ".balign 16",
            concat!($name, ":"),
            $code,
            ".set vector, 0",
            ".rept 32",
            ".balign 16",
            "wbinvd",
            ".if vector >= 1 && vector <= 4",
            $iret,
            ".else",
            // These have an error code.
            ".if vector != 8 && (vector < 10 || vector > 14) && vector != 17",
            "push 0",
            ".endif",
            ".byte 0x6a, vector",
            concat!("jmp .Lfault_", $name),
            ".endif",
            ".set vector, vector + 1",
            ".endr",
            ".balign 16",
            "wbinvd",
            $iret,
            concat!(".Lfault_", $name, ":"),
            concat!("push ", $a),
            concat!("movzx eax, byte ptr [{length}]"),
            "mov byte ptr [{length}], 0",
            "test eax, eax",
            "jnz 2f",
            "hlt",
            concat!($name, "_hlt:"),
            concat!("2: add [", $sp, " + 3 * ", $word, "], ", $a),
            concat!("and dword ptr [", $sp, " + 5 * ", $word, "], {rf}"),
            concat!("pop ", $a),
            concat!("pop ", $ptr, " ptr [{vector}]"),
            concat!("pop ", $ptr, " ptr [{vector} + 8]"),
            $iret,
            concat!($name, "_end:"),
            ".code64",
            ".popsection",
            rf = const !RF as i32,
            length = const LENGTH,
            vector = const VECTOR,
        );
    };
}

handlers!(
    "flat_handlers_32",
    ".code32",
    "4",
    "eax",
    "esp",
    "dword",
    "iretd"
);
handlers!(
    "flat_handlers_64",
    ".code64",
    "8",
    "rax",
    "rsp",
    "qword",
    "iretq"
);

unsafe extern "C" {
    static flat_handlers_32: u8;
    static flat_handlers_32_hlt: u8;
    static flat_handlers_32_end: u8;
    static flat_handlers_64: u8;
    static flat_handlers_64_hlt: u8;
    static flat_handlers_64_end: u8;
}

/// Returns the address of a vector's handler.
pub fn address(vector: u8) -> u32 {
    HANDLERS + STUB * u32::from(vector.min(EXCEPTIONS))
}

/// Returns all handlers.
pub fn code(mode: Mode) -> &'static [u8] {
    let (start, end) = match mode.bits() {
        64 => (&raw const flat_handlers_64, &raw const flat_handlers_64_end),
        _ => (&raw const flat_handlers_32, &raw const flat_handlers_32_end),
    };
    // SAFETY: The two symbols enclose the code assembled above, which is constant.
    unsafe { slice::from_raw_parts(start, end.offset_from_unsigned(start)) }
}

/// Returns RIP at the end of a program with an unexpected fault.
pub fn end(mode: Mode) -> u64 {
    let (start, hlt) = match mode.bits() {
        64 => (&raw const flat_handlers_64, &raw const flat_handlers_64_hlt),
        _ => (&raw const flat_handlers_32, &raw const flat_handlers_32_hlt),
    };
    u64::from(HANDLERS) + (hlt.addr() - start.addr()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_after_a_hlt() {
        for mode in [Mode::Protected, Mode::Long] {
            let at = (end(mode) - u64::from(HANDLERS)) as usize;
            assert_eq!(code(mode)[at - 1], 0xf4);
        }
    }

    #[test]
    fn each_begins_with_wbinvd() {
        for mode in [Mode::Protected, Mode::Long] {
            for vector in 0..=u8::MAX {
                let at = (address(vector) - HANDLERS) as usize;
                assert_eq!(code(mode)[at..at + 2], [0x0f, 0x09], "{vector}");
            }
        }
    }
}
