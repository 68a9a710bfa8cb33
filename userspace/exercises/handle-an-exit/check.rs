// SPDX-License-Identifier: MIT OR Apache-2.0

use std::os::fd::AsRawFd;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use guest_tests::code;

use crate::module::{EXERCISE_IO, Exercise};

nix::ioctl_readwrite!(exercise_run, EXERCISE_IO, 0x20, Guest);

/// The time limit of a guest. It needs a thousandth of that.
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
            // After the time limit, nobody receives this.
            let _ = sender.send((answer, self));
        });
        let Ok((answer, guest)) = result.recv_timeout(LIMIT) else {
            panic!(
                "The guest was still running after {} seconds; expected it to halt at once.\n\
                 At an exit, RIP is the address of the instruction that caused it. The handler \
                 decides where the guest continues.",
                LIMIT.as_secs()
            );
        };
        if let Err(errno) = answer {
            panic!("EXERCISE_RUN returned {errno:?}; expected 0.");
        }
        guest
    }

    /// Runs the guest to its `hlt`.
    fn halts(self) -> Self {
        let guest = self.run();
        assert!(
            guest.exit_code != EXIT_CPUID,
            "The guest exited to userspace with the exit code {EXIT_CPUID:#x}, which is `cpuid`.\n\
             `handle_exit` in `exits.rs` decides which exits reach userspace."
        );
        assert!(
            guest.exit_code == EXIT_HLT,
            "The guest exited to userspace with the exit code {:#x} at RIP {:#x}; expected \
             {EXIT_HLT:#x}, at its `hlt`.\n\
             After the handler, RIP must be behind the handled instruction, which has two bytes.",
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
fn a_guest_without_cpuid_runs_to_its_hlt() {
    let mut guest = Guest::new(code!["add ax, bx", "hlt"]);
    (guest.regs[0], guest.regs[3]) = (2, 3);
    let guest = guest.halts();
    assert!(
        guest.regs[0] == 5,
        "The guest added 2 and 3, and got {}; expected 5.",
        guest.regs[0]
    );
}

/// After `cpuid`, the guest goes on.
#[test]
fn cpuid_is_handled_in_the_kernel() {
    let guest = Guest::that_asks(SIGNATURE, 0).halts();
    assert!(
        guest.rip == 2,
        "The guest halted at RIP {:#x}; expected 0x2, behind its `cpuid`.",
        guest.rip
    );
}

/// Leaf 0x40000000 returns the signature.
#[test]
fn leaf_0x40000000_returns_the_signature() {
    let answer = Guest::that_asks(SIGNATURE, fastrand::u32(..).into())
        .halts()
        .answer();
    assert!(
        answer == ANSWER,
        "`cpuid` with EAX = {SIGNATURE:#x} returned {answer:x?} in EAX, EBX, ECX and EDX; \
         expected {ANSWER:x?}.\n\
         `u32::from_le_bytes(*b\"hibo\")` is the first part of the signature."
    );
}

/// Every other leaf returns 0.
#[test]
fn other_leaves_return_0() {
    for leaf in [0, 1, SIGNATURE + 1, 0x8000_0000, fastrand::u32(..).into()] {
        let guest = Guest::that_asks(leaf, 7).halts();
        let expected = if leaf == SIGNATURE { ANSWER } else { [0; 4] };
        let answer = guest.answer();
        assert!(
            answer == expected,
            "`cpuid` with EAX = {leaf:#x} returned {answer:x?} in EAX, EBX, ECX and EDX; \
             expected {expected:x?}."
        );
    }
}

/// `cpuid` reads 32 bits of RAX, writes four registers, and clears their upper halves.
#[test]
fn cpuid_clears_the_upper_halves_and_keeps_the_other_registers() {
    let mut guest = Guest::that_asks(0xdead_0000_0000_0000 | SIGNATURE, u64::MAX);
    for register in 2..16 {
        guest.regs[register] = 0x1111_1111_1111_1111 * register as u64;
    }
    let before = guest.regs;
    let guest = guest.halts();
    let answer = guest.answer();
    assert!(
        answer == ANSWER,
        "`cpuid` with RAX = {:#x} returned {answer:x?} in RAX, RBX, RCX and RDX; \
         expected {ANSWER:x?}.\n\
         `cpuid` reads only EAX. A write to a 32-bit register clears the upper half.",
        before[0]
    );
    assert!(
        guest.regs[4..] == before[4..],
        "`cpuid` changed a register other than RAX, RBX, RCX and RDX."
    );
}

/// A guest can execute `cpuid` more than once.
#[test]
fn a_guest_can_execute_cpuid_more_than_once() {
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
        "The guest executed `cpuid` three times. The third returned {:x?} in RAX, RBX, RCX and \
         RDX; expected the same as from the first.",
        guest.answer()
    );
}

/// An instruction without a handler is still an exit to userspace.
#[test]
fn other_exits_still_reach_userspace() {
    let guest = Guest::new(code!["mov al, 7", "out 0x10, al", "hlt"]).run();
    assert!(
        guest.exit_code == EXIT_IOIO && guest.rip == 2 && guest.regs[0] & 0xff == 7,
        "At an `out`, the guest exited to userspace with the exit code {:#x} at RIP {:#x}; \
         expected {EXIT_IOIO:#x} at 0x2.",
        guest.exit_code,
        guest.rip
    );
}
