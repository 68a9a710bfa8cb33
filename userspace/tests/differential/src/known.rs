// SPDX-License-Identifier: MIT OR Apache-2.0

//! Everything that is not compared, with names and
//! reasons. Undefined flags are in `watch/flags.rs`.

use std::fmt;

use iced_x86::{Code, Mnemonic};

/// Encodings that random programs do not contain.
pub const NOT_GENERATED: [(Code, &str); 5] = [
    (
        Code::Popw_CS,
        "the first byte of all two-byte opcodes since the 80286",
    ),
    (Code::Bswap_r16, "its result is undefined"),
    (
        Code::Test_rm8_imm8_F6r1,
        "#UD in TCG; the same as /0 on processors and in KVM's emulator",
    ),
    (Code::Test_rm16_imm16_F7r1, "as above"),
    (Code::Test_rm32_imm32_F7r1, "as above"),
];

/// Operations that random programs in protected and long mode avoid. A comment marks each such place.
pub const NOT_DONE: [(&str, &str); 5] = [
    (
        "keep RF",
        "TCG clears it at the end of a block of code, not of an instruction: the handlers clear it",
    ),
    (
        "change PGE with PAE paging",
        "KVM then looks at the PDPT, where TCG has set a bit that is reserved",
    ),
    (
        "put more than 16 bits into SYSENTER_CS",
        "TCG keeps 16, and a processor 32",
    ),
    (
        "repeat INS to a device",
        "KVM writes what it has read ahead in pieces of 8 bytes",
    ),
    (
        "divide the least number there is",
        "TCG crashes if it is divided by -1",
    ),
];

/// Flags that KVM does not show when a repeated instruction reads a device's memory: its
/// emulator keeps those of earlier iterations to itself. They are RF and the six of arithmetic.
pub const HIDDEN_BY_REP: u64 = 0x1_08d5;

/// The reason why a program is not compared. A reason that is a bug or limitation names its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// It executes more instructions than a program may.
    TooLong,
    /// It exits more often than a program may.
    TooManyExits,
    /// It has jumped to bytes that are not its code.
    LeftItsCode,
    /// It depends on an undefined flag.
    ReadUndefinedFlag(&'static str),
    /// An interrupt has pushed an undefined flag.
    PushedUndefinedFlag(&'static str),
    /// A double-precision shift by more than the operand's width: the result is undefined.
    UndefinedShift,
    /// QEMU's TCG does not check segment limits in
    /// real mode; a real CPU and the interpreter do.
    SegmentLimit,
    /// QEMU's TCG stores 24 bits of a descriptor table's address for a 16-bit
    /// operand size, as the 80286 did; later CPUs and the interpreter store all 32.
    DescriptorTableOf24Bits,
    /// KVM fails if an interrupt's frame is not in memory.
    InterruptFrameOnDevice,
    /// QEMU's TCG forgets all flags if an unaligned locked instruction
    /// causes a fault of nested paging, as a device's memory does.
    LockedDevice,
    /// The same, if the trap of a single step follows a locked instruction.
    LockedStep,
    /// QEMU's TCG gives KVM wrong flags if an instruction that depends on a flag, or shifts
    /// through CF, causes a fault of nested paging: it has already overwritten them with new ones.
    FlagsOnDevice,
    /// An instruction that uses flags, or is locked, writes to code:
    /// TCG executes it again, and not always with the original flags.
    FlagsAndCode,
    /// IDIV of the least number: QEMU's TCG crashes if
    /// it is divided by -1, and with it the whole lab.
    LeastDividend,
    /// KVM executes SGDT and similar instructions endlessly if their operand is not in memory.
    TableOnDevice,
    /// KVM writes the values that a repeated INS has read ahead
    /// to a device in pieces of 8 bytes, instead of one element.
    InputToDevice,
    /// KVM shows registers that an instruction has already changed,
    /// while the instruction still waits for a device's memory.
    HalfDone(Mnemonic),
    /// If PUSHA or a far CALL pushes to a device, KVM writes only the last value.
    LastPush,
    /// KVM's emulator pushes 16 bits of a segment register for an operand size of 32.
    PushedSegment,
    /// KVM's emulator pushes 16 bits in ENTER for an operand size of 32.
    EnterOf32Bits,
    /// It has changed its code, or jumped into the middle of it, to an undefined instruction.
    /// TCG accepts some of these: that of QEMU 10.0 (not 7.2) loads CS by MOV, which is #UD
    /// in both manuals. Therefore no program has MOV to CS, not even a handwritten one.
    NoInstruction,
    /// RCL or RCR by a constant that is a multiple of 9 or 17, the number of bits including
    /// CF. Nothing changes then: the manual takes the count modulo that number. QEMU's TCG
    /// shifts by -1; 10.0 does so, 7.2 does not. With the count in CL both are right.
    WholeTurn,
    /// RCL or RCR by a constant after SHL or SHLD by a constant, with no arithmetic flag
    /// set in between. QEMU's TCG takes for CF all bits that SHL has shifted out, and all
    /// bits of its register above the operand; 10.0 does so, 7.2 takes only the bit of CF.
    CarryOfShift,
    /// AAM by more than 127, with AL not less than that. QEMU's TCG sign-extends
    /// the divisor, which is unsigned by the manual; 10.0 does so, 7.2 does not.
    SignedAam,
    /// QEMU's TCG lets ENTER borrow from the upper half of ESP if SP wraps.
    EnterWraps,
    /// KVM writes the values that a repeated INS has read ahead at
    /// once, and considers them beyond the limit if the offset wraps.
    InputWraps,
    /// KVM's emulator lacks the instruction, which it needs for a device's memory.
    NotEmulated(Mnemonic),
    /// The interpreter lacks the instruction.
    Unimplemented(Mnemonic),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skip::TooLong => f.write_str("executes too many instructions"),
            Skip::TooManyExits => f.write_str("exits too often"),
            Skip::LeftItsCode => f.write_str("jumps out of its code"),
            Skip::ReadUndefinedFlag(flag) => write!(f, "reads {flag} when it is undefined"),
            Skip::PushedUndefinedFlag(flag) => write!(f, "pushes {flag} when it is undefined"),
            Skip::UndefinedShift => f.write_str("shifts by more bits than there are"),
            Skip::SegmentLimit => f.write_str("exceeds a segment's limit (TCG has none)"),
            Skip::DescriptorTableOf24Bits => {
                f.write_str("stores a table's address above 16 MiB (TCG: 24 bits)")
            }
            Skip::InterruptFrameOnDevice => {
                f.write_str("has an interrupt's frame on a device (KVM gives up)")
            }
            Skip::LockedDevice => {
                f.write_str("locks a device's memory, not aligned (TCG forgets the flags)")
            }
            Skip::LockedStep => {
                f.write_str("locks memory in a single step (TCG forgets the flags)")
            }
            Skip::FlagsOnDevice => {
                f.write_str("uses flags and a device's memory at once (TCG: wrong flags)")
            }
            Skip::LeastDividend => f.write_str("divides the least number there is (TCG may crash)"),
            Skip::TableOnDevice => {
                f.write_str("has a table's address in a device's memory (KVM never ends)")
            }
            Skip::InputToDevice => f.write_str("repeats INS into a device's memory (KVM: 8 bytes)"),
            Skip::HalfDone(mnemonic) => {
                write!(f, "has {mnemonic:?} on a device's memory (KVM: half done)")
            }
            Skip::LastPush => f.write_str("pushes more than one to a device (KVM: the last alone)"),
            Skip::PushedSegment => {
                f.write_str("pushes a segment of 32 bits to a device (KVM: 16 bits)")
            }
            Skip::EnterOf32Bits => {
                f.write_str("has ENTER of 32 bits on a device's memory (KVM: 16 bits)")
            }
            Skip::FlagsAndCode => {
                f.write_str("uses flags and writes to code at once (TCG: wrong flags)")
            }
            Skip::NoInstruction => f.write_str("executes what is no instruction"),
            Skip::WholeTurn => f.write_str("rotates CF by a whole turn (TCG: shifts by -1)"),
            Skip::CarryOfShift => f.write_str("rotates the CF of SHL (TCG: more than one bit)"),
            Skip::SignedAam => f.write_str("has AAM by more than 127 (TCG: signed)"),
            Skip::EnterWraps => f.write_str("has ENTER where SP wraps (TCG: borrows from ESP)"),
            Skip::InputWraps => f.write_str("repeats INS near an end of a segment (KVM: no wrap)"),
            Skip::NotEmulated(mnemonic) => {
                write!(
                    f,
                    "has {mnemonic:?} on a device's memory (KVM's emulator has none)"
                )
            }
            Skip::Unimplemented(mnemonic) => write!(f, "unimplemented: {mnemonic:?}"),
        }
    }
}
