// SPDX-License-Identifier: MIT OR Apache-2.0

//! Reads QEMU's log of instructions: which were executed, and where they are.

/// The preceding line's instruction was not executed: QEMU was interrupted. It comes again.
const NOT_EXECUTED: &str = "Stopped execution";

/// The bits of the mode with the privilege level, which is 3 in userspace.
const CPL: u32 = 3;

/// The bit of the mode that is set while a guest of the guest runs.
const GUEST: u32 = 1 << 21;

/// The place of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a userspace program.
    Userspace,
    /// In the kernel, at this address.
    Kernel(u64),
    /// In a guest that the kernel runs.
    Guest,
}

/// The executed instructions, in their order.
#[derive(Default)]
pub struct Executed(pub Vec<Place>);

impl Executed {
    /// Adds the instruction on the next line of the log.
    pub fn add(&mut self, line: &str) {
        if line.starts_with(NOT_EXECUTED) {
            self.0.pop();
        }
        let Some(place) = place(line) else { return };
        // An instruction that causes an exit was not executed either: the kernel handles it.
        if self.0.last() == Some(&Place::Guest) && place != Place::Guest {
            self.0.pop();
        }
        self.0.push(place);
    }
}

/// Returns the place of an instruction from its line in the log, which has its address and the CPU's mode:
/// `Trace 0: 0x7f7276c1ae40 [00000000/ffffffff8124ce34/10d0c2b0/ff022201] `.
fn place(line: &str) -> Option<Place> {
    let mut parts = line.strip_prefix("Trace ")?.split('/').skip(1);
    let address = u64::from_str_radix(parts.next()?, 16).ok()?;
    let mode = u32::from_str_radix(parts.next()?, 16).ok()?;
    Some(match mode {
        _ if mode & GUEST != 0 => Place::Guest,
        _ if mode & CPL == CPL => Place::Userspace,
        _ => Place::Kernel(address),
    })
}
