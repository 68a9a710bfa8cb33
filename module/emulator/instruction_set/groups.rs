// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The opcodes that encode several instructions: ModRM's `reg` selects one.
//!
//! SDM vol. 2, table A-6 "Opcode Extensions for One- and Two-byte Opcodes by Group Number".
//!
//! Counterparts: `group1` to `group11` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    ModRm,
    Opcode::{
        self,
        Instruction,
        Missing,
        Undefined, //
    },
    OperandCode::{
        self,
        *, //
    },
    Operation::{
        self,
        *, //
    }, //
};

type Operands = &'static [OperandCode];

/// Group 1, and the first 64 opcodes.
pub(super) fn arithmetic(number: u8) -> Operation {
    match number & 7 {
        0 => Add,
        1 => Or,
        2 => Adc,
        3 => Sbb,
        4 => And,
        5 => Sub,
        6 => Xor,
        _ => Cmp,
    }
}

/// Groups 1A and 11, which contain one instruction each.
pub(super) fn only_0(modrm: ModRm, operation: Operation, operands: Operands) -> Opcode {
    match modrm.reg {
        0 => Instruction(operation, operands),
        _ => Undefined,
    }
}

/// Group 2. The manual does not define 6; CPUs shift.
pub(super) fn shift(number: u8) -> Operation {
    match number & 7 {
        0 => Rol,
        1 => Ror,
        2 => Rcl,
        3 => Rcr,
        4 | 6 => Shl,
        5 => Shr,
        _ => Sar,
    }
}

/// Group 3. The manual does not define 1; CPUs test.
pub(super) fn unary(modrm: ModRm, one: Operands, two: Operands) -> Opcode {
    match modrm.reg {
        0 | 1 => Instruction(Test, two),
        2 => Instruction(Not, one),
        3 => Instruction(Neg, one),
        4 => Instruction(Mul, one),
        5 => Instruction(Imul, one),
        6 => Instruction(Div, one),
        _ => Instruction(Idiv, one),
    }
}

/// Group 4.
pub(super) fn increment(modrm: ModRm) -> Opcode {
    match modrm.reg {
        0 => Instruction(Inc, &[Eb]),
        1 => Instruction(Dec, &[Eb]),
        _ => Undefined,
    }
}

/// Group 5.
pub(super) fn indirect(modrm: ModRm) -> Opcode {
    match modrm.reg {
        0 => Instruction(Inc, &[Ev]),
        1 => Instruction(Dec, &[Ev]),
        2 => Instruction(Call, &[Ev]),
        3 => Instruction(CallFar, &[Mp]),
        4 => Instruction(Jmp, &[Ev]),
        5 => Instruction(JmpFar, &[Mp]),
        6 => Instruction(Push, &[Ev]),
        _ => Undefined,
    }
}

/// Group 7.
pub(super) fn system(modrm: ModRm) -> Opcode {
    match (modrm.is_memory(), modrm.reg) {
        (_, 4) => Instruction(Smsw, &[RvMw]),
        (_, 6) => Missing("lmsw"),
        (true, 0) => Instruction(Sgdt, &[M]),
        (true, 1) => Instruction(Sidt, &[M]),
        (true, 2) => Instruction(Lgdt, &[M]),
        (true, 3) => Instruction(Lidt, &[M]),
        (true, 7) => Instruction(Invlpg, &[M]),
        (true, _) => Undefined,
        (false, _) => Missing("vmmcall, monitor, xgetbv, rdtscp"),
    }
}

/// Group P: hints about future reads, which the interpreter ignores.
pub(super) fn prefetch(modrm: ModRm) -> Opcode {
    match modrm.is_memory() {
        true => Instruction(Nop, &[M]),
        false => Undefined,
    }
}

/// Group 8.
pub(super) fn bit(modrm: ModRm) -> Opcode {
    match modrm.reg {
        4 => Instruction(Bt, &[Ev, Ib]),
        5 => Instruction(Bts, &[Ev, Ib]),
        6 => Instruction(Btr, &[Ev, Ib]),
        7 => Instruction(Btc, &[Ev, Ib]),
        _ => Undefined,
    }
}

/// Group 9.
pub(super) fn random(modrm: ModRm) -> Opcode {
    match (modrm.is_memory(), modrm.reg) {
        (true, 1) => Missing("cmpxchg8b"),
        (true, 3..=5) => Missing("xsavec, xsaves, xrstors"),
        (false, 6 | 7) => Missing("rdrand, rdseed, rdpid"),
        _ => Undefined,
    }
}
