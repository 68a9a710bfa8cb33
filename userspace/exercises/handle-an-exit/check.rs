// SPDX-License-Identifier: MIT OR Apache-2.0

use std::os::fd::AsRawFd;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use guest_tests::code;

use crate::module::{EXERCISE_IO, Exercise};

nix::ioctl_readwrite!(exercise_run, EXERCISE_IO, 0x20, Guest);

/// The time limit of a guest, which needs a thousandth of it.
const LIMIT: Duration = Duration::from_secs(5);

const EXIT_CPUID: u64 = 0x72;
const EXIT_HLT: u64 = 0x78;
const EXIT_IOIO: u64 = 0x7b;

const SIGNATURE: u64 = 0x4000_0000;
const ANSWER: [u64; 4] = [
    SIGNATURE,
    u32::from_le_bytes(*b"hibo") as u64,
    u32::from_le_bytes(*b"ma-l") as u64,
    u32::from_le_bytes(*b"earn") as u64,
];

/// The structure of `exercise.rs`, in C's layout.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Guest {
    code: [u8; 64],
    regs: [u64; 16],
    rip: u64,
    exit_code: u64,
}

impl Guest {
    fn new(code: &[u8]) -> Self {
        let mut guest = Guest {
            code: [0xf4; 64],
            regs: [0; 16],
            rip: 0,
            exit_code: 0,
        };
        guest.code[..code.len()].copy_from_slice(code);
        guest
    }

    /// Returns a guest that executes `cpuid` once, and halts.
    fn that_asks(rax: u64, rcx: u64) -> Self {
        let mut guest = Guest::new(code!["cpuid", "hlt"]);
        (guest.regs[0], guest.regs[1]) = (rax, rcx);
        guest
    }

    /// Runs the guest, and returns its final state.
    fn run(mut self) -> Self {
        let device = Exercise::load().open();
        let (sender, result) = channel();
        thread::spawn(move || {
            // SAFETY: The device gets a whole structure of the size in the number.
            let answer = unsafe { exercise_run(device.as_raw_fd(), &raw mut self) };
            // After the time limit there is no receiver.
            let _ = sender.send((answer, self));
        });
        let Ok((answer, guest)) = result.recv_timeout(LIMIT) else {
            panic!(
                "the guest has run for {} seconds, and should have halted at once.\n\
                 After an exit RIP is still at the instruction. Where the guest goes on is for the handler to say.",
                LIMIT.as_secs()
            );
        };
        assert!(
            answer.is_ok(),
            "EXERCISE_RUN answers {answer:?}, and should answer 0."
        );
        guest
    }

    /// Runs the guest to its `hlt`.
    fn halts(self) -> Self {
        let guest = self.run();
        assert!(
            guest.exit_code != EXIT_CPUID,
            "the guest exits to userspace with the code {EXIT_CPUID:#x}, which is `cpuid`.\n\
             `handle_exit` in exits.rs decides which exits userspace sees."
        );
        assert!(
            guest.exit_code == EXIT_HLT,
            "the guest exits to userspace with the code {:#x} at RIP {:#x}, and should do so with {EXIT_HLT:#x}, \
             at its `hlt`.\n\
             RIP must be behind the instruction that was handled, which has two bytes.",
            guest.exit_code,
            guest.rip
        );
        guest
    }

    /// Returns RAX, RBX, RCX and RDX, with their upper halves.
    fn answer(&self) -> [u64; 4] {
        let [rax, rcx, rdx, rbx, ..] = self.regs;
        [rax, rbx, rcx, rdx]
    }
}

/// A guest without `cpuid` runs to its `hlt`.
#[test]
fn it_runs() {
    let mut guest = Guest::new(code!["add ax, bx", "hlt"]);
    (guest.regs[0], guest.regs[3]) = (2, 3);
    let guest = guest.halts();
    assert!(
        guest.regs[0] == 5,
        "2 + 3 is {} in the guest.",
        guest.regs[0]
    );
}

/// After `cpuid` the guest goes on.
#[test]
fn cpuid_is_handled_in_the_kernel() {
    let guest = Guest::that_asks(SIGNATURE, 0).halts();
    assert!(
        guest.rip == 2,
        "the guest halts at RIP {:#x}, and should halt at 0x2, behind its `cpuid`.",
        guest.rip
    );
}

/// Leaf 0x40000000 says whose guest it is.
#[test]
fn the_signature() {
    let answer = Guest::that_asks(SIGNATURE, fastrand::u32(..).into())
        .halts()
        .answer();
    assert!(
        answer == ANSWER,
        "`cpuid` with EAX = {SIGNATURE:#x} gives {answer:x?}, and should give {ANSWER:x?}: EAX, EBX, ECX, EDX.\n\
         `u32::from_le_bytes(*b\"hibo\")` is the first part of the text."
    );
}

/// Every other leaf is 0.
#[test]
fn other_leaves_are_0() {
    for leaf in [0, 1, SIGNATURE + 1, 0x8000_0000, fastrand::u32(..).into()] {
        let guest = Guest::that_asks(leaf, 7).halts();
        let expected = if leaf == SIGNATURE { ANSWER } else { [0; 4] };
        let answer = guest.answer();
        assert!(
            answer == expected,
            "`cpuid` with EAX = {leaf:#x} gives {answer:x?}, and should give {expected:x?}."
        );
    }
}

/// `cpuid` reads 32 bits of RAX, writes four registers, and clears their upper halves.
#[test]
fn the_upper_halves_and_the_other_registers() {
    let mut guest = Guest::that_asks(0xdead_0000_0000_0000 | SIGNATURE, u64::MAX);
    for register in 2..16 {
        guest.regs[register] = 0x1111_1111_1111_1111 * register as u64;
    }
    let before = guest.regs;
    let guest = guest.halts();
    let answer = guest.answer();
    assert!(
        answer == ANSWER,
        "`cpuid` with RAX = {:#x} gives {answer:x?}, and should give {ANSWER:x?}.\n\
         It looks at EAX, and what it writes to a 32-bit register clears the half above.",
        before[0]
    );
    assert!(
        guest.regs[4..] == before[4..],
        "`cpuid` has changed a register that is none of RAX, RBX, RCX and RDX."
    );
}

/// A guest may ask more than once.
#[test]
fn once_more() {
    let mut guest = Guest::new(code![
        "cpuid",
        "mov esi, ebx",
        "mov edi, eax",
        "mov eax, 5",
        "cpuid",
        "mov eax, edi",
        "cpuid",
        "xor esi, ebx",
        "hlt"
    ]);
    guest.regs[0] = SIGNATURE;
    let guest = guest.halts();
    assert!(
        guest.answer() == ANSWER && guest.regs[6] == 0,
        "after three `cpuid` the registers are {:x?}: the third should answer as the first.",
        guest.answer()
    );
}

/// An instruction without a handler is still an exit to userspace.
#[test]
fn other_exits_are_userspaces() {
    let guest = Guest::new(code!["mov al, 7", "out 0x10, al", "hlt"]).run();
    assert!(
        guest.exit_code == EXIT_IOIO && guest.rip == 2 && guest.regs[0] & 0xff == 7,
        "at an `out` the guest exits with the code {:#x} at RIP {:#x}, and should do so with {EXIT_IOIO:#x} at 0x2.",
        guest.exit_code,
        guest.rip
    );
}
