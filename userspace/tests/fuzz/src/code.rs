// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's code: a few instructions for each way in which `KVM_RUN` can end.

use arbitrary::Arbitrary;
use guest_tests::code;
use serde::{Deserialize, Serialize};

/// Code for the guest. CS and DS are 0.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Code {
    Halt,
    Out,
    In,
    OutString,
    InString,
    RepeatedInString,
    Load,
    Store,
    LoadDevice,
    StoreDevice,
    AddDevice,
    CrossPages,
    Locked,
    Push,
    Interrupt,
    Undefined,
    Endless,
    Dirty,
}

impl Code {
    /// Returns its bytes.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Code::Halt => code!["hlt"],
            Code::Out => code!["mov al, 0x55", "out 0x10, al", "out 0x7e, ax", "hlt"],
            Code::In => code!["in al, 0x10", "mov [0x2000], al", "hlt"],
            Code::OutString => code![
                "mov si, 0x1000",
                "mov cx, 3",
                "mov dx, 0x20",
                "rep outsw",
                "hlt"
            ],
            Code::InString => code!["mov di, 0x2000", "mov dx, 0x20", "insb", "hlt"],
            Code::RepeatedInString => {
                code![
                    "mov di, 0x1ffe",
                    "mov cx, 5",
                    "mov dx, 0x20",
                    "rep insb",
                    "hlt"
                ]
            }
            Code::Load => code!["mov ax, [0x3000]", "mov bx, [0x0ffe]", "hlt"],
            Code::Store => code!["mov word ptr [0x4000], 7", "hlt"],
            Code::LoadDevice => code!["mov eax, [0xf000]", "mov bl, [0xe000]", "hlt"],
            Code::StoreDevice => code!["mov dword ptr [0xf000], 9", "hlt"],
            Code::AddDevice => code!["add word ptr [0xf002], 3", "hlt"],
            Code::CrossPages => code!["mov dword ptr [0x2ffe], 5", "mov eax, [0x4ffd]", "hlt"],
            Code::Locked => code!["lock inc dword ptr [0x2000]", "xchg [0x3001], ax", "hlt"],
            Code::Push => code!["mov sp, 0x3000", "push ax", "pusha", "pop bx", "hlt"],
            Code::Interrupt => code!["int 0x21", "int3", "hlt"],
            Code::Undefined => code!["ud2", "hlt"],
            Code::Endless => code!["2:", "jmp 2b"],
            Code::Dirty => code![
                "mov cx, 8",
                "xor bx, bx",
                "2:",
                "inc byte ptr [bx+0x1000]",
                "add bx, 0x1000",
                "loop 2b",
                "hlt"
            ],
        }
    }
}
