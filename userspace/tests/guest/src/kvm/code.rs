// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's code.

/// Assembles 16-bit code, one line per string, and returns its bytes: `code!["mov al, 2", "hlt"]`.
///
/// Numeric labels work (`"2:"`, `"jmp 2b"`); 91 and 92 are taken.
#[macro_export]
macro_rules! code {
    ($($line:literal),+ $(,)?) => { $crate::assemble!(".code16", $($line),+) };
}

/// The same for 32-bit code.
#[macro_export]
macro_rules! code32 {
    ($($line:literal),+ $(,)?) => { $crate::assemble!(".code32", $($line),+) };
}

/// The same for 64-bit code.
#[macro_export]
macro_rules! code64 {
    ($($line:literal),+ $(,)?) => { $crate::assemble!(".code64", $($line),+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! assemble {
    ($mode:literal, $($line:literal),+) => {{
        let (start, end): (*const u8, *const u8);
        // SAFETY: The code that runs here consists of two `lea`.
        unsafe {
            ::core::arch::asm!(
                ".pushsection .rodata.guest, \"a\"",
                "91:",
                $mode,
                $($line,)+
                ".code64",
                "92:",
                ".popsection",
                "lea {start}, [rip + 91b]",
                "lea {end}, [rip + 92b]",
                start = out(reg) start,
                end = out(reg) end,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        // SAFETY: The labels enclose read-only data of this program.
        let code: &'static [u8] = unsafe {
            ::core::slice::from_raw_parts(start, end.addr() - start.addr())
        };
        code
    }};
}
