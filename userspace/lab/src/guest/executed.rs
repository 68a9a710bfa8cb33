// SPDX-License-Identifier: MIT OR Apache-2.0

//! What QEMU's log of instructions says: which were executed, and where they are.

/// One that was logged but not executed, since QEMU had something else to do first. It comes again.
const NOT_EXECUTED: &str = "Stopped execution";

/// Of the mode: the privilege level, which is 3 in userspace.
const CPL: u32 = 3;

/// Of the mode: what runs is a guest of the guest.
const GUEST: u32 = 1 << 21;

/// Where an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a program.
    Userspace,
    /// In the kernel, at this address.
    Kernel(u64),
    /// In a guest that the kernel runs.
    Guest,
}

/// The instructions that were executed, in their order.
#[derive(Default)]
pub struct Executed(pub Vec<Place>);

impl Executed {
    /// Adds what the next line of the log says.
    pub fn add(&mut self, line: &str) {
        if line.starts_with(NOT_EXECUTED) {
            self.0.pop();
        }
        let Some(place) = place(line) else { return };
        // An instruction that leaves the guest is not executed either: the kernel is to do it.
        if self.0.last() == Some(&Place::Guest) && place != Place::Guest {
            self.0.pop();
        }
        self.0.push(place);
    }
}

/// Where an instruction of the guest's is, by the line in the log, which has its address and the CPU's mode:
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
