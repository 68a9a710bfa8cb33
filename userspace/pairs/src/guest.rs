// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`guest!`](crate::guest!): what runs in a virtual machine, as assembly.

/// Assembles a guest, 16-bit code in Intel's syntax, and makes a function `guest()` that returns
/// its machine code.
///
/// The code lies among the program's constants, and is copied from there to wherever the guest
/// has it. So it must not depend on where it lies: jumps do not, but the address of a label does.
///
/// Its labels should begin with a dot. Without it, a guest's `write` would be taken for the
/// function `write` of the program.
///
/// Of the two forms of `call` and `ret` that 16-bit code has, LLVM takes the longer: a return
/// address is four bytes on the stack.
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
            // SAFETY: Both labels are in the section that is assembled above, one at the
            // beginning and one at the end of what nobody ever writes.
            unsafe { ::core::slice::from_raw_parts(begin, end.offset_from_unsigned(begin)) }
        }
    };
}
