// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`guest!`](crate::guest!): a guest's code, written in assembly.

/// Assembles a guest, 16-bit code in Intel syntax, and defines a function `guest()` that returns
/// its machine code.
///
/// The code is one of the program's constants, and is copied from there into the guest's memory, so
/// it must be independent of its position: jumps are, but the address of a label is not.
///
/// Its labels should begin with a dot. Without it, the guest's `write` would be the same symbol as
/// the program's function `write`.
///
/// 16-bit code has two forms of `call` and `ret`. LLVM chooses the longer: a return address takes
/// four bytes on the stack.
#[macro_export]
macro_rules! guest {
    ($assembly:literal) => {
        ::core::arch::global_asm!(
            r#".pushsection .rodata.guest, "a""#,
            ".code16",
            ".globl guest_begin, guest_end",
            "guest_begin:",
            $assembly,
            "guest_end:",
            ".code64",
            ".popsection",
            options(raw)
        );

        /// The guest's machine code.
        pub(crate) fn guest() -> &'static [u8] {
            unsafe extern "C" {
                static guest_begin: u8;
                static guest_end: u8;
            }
            let (begin, end) = (&raw const guest_begin, &raw const guest_end);
            // SAFETY: Both labels are in the section that is assembled above, one at its
            // beginning and one at its end, and nobody ever writes to it.
            unsafe { ::core::slice::from_raw_parts(begin, end.offset_from_unsigned(begin)) }
        }
    };
}
