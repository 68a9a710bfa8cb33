// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Waiting`]: the vCPUs that wait for userspace in the middle of an instruction, and
//! whether userspace has changed their registers or the code since then. KVM completes
//! the instruction that it decoded, hiboma executes the current code: a known difference.

use hiboma::kvm::{KVM_EXIT_IO, KVM_EXIT_MMIO};

use crate::ops::run::EXIT_REASON;
use crate::ops::{File, Memory, Op, Request, Run};
use crate::outcome::Outcome;
use crate::value::EACH;

/// The state of each vCPU of a program.
#[derive(Default)]
pub struct Waiting {
    vcpus: [Vcpu; EACH],
    /// Two entries may refer to the same vCPU.
    aliased: bool,
}

#[derive(Clone, Copy, Default)]
struct Vcpu {
    waits: bool,
    moved: bool,
}

impl Waiting {
    /// Updates the state after an op.
    pub fn follow(&mut self, op: &Op, outcome: &Outcome) {
        match op {
            Op::Run(Run::Run { vcpu, .. }) if outcome.result == 0 => {
                let reason = outcome.words.get(EXIT_REASON).map(|word| *word as u32);
                self.vcpus[*vcpu].waits = matches!(reason, Some(KVM_EXIT_IO | KVM_EXIT_MMIO));
            }
            Op::Run(Run::Start { .. }) => self.disturb(),
            Op::Memory(Memory::Peek(_) | Memory::Madvise { .. }) => {}
            Op::Memory(_) => self.disturb(),
            Op::Ioctl(ioctl) => match &ioctl.request {
                Request::SetRegs { .. } | Request::SetSregs { .. } => self.disturb(),
                Request::CreateVcpu { into, .. } if outcome.result >= 0 => {
                    self.vcpus[*into] = Vcpu::default();
                }
                _ => {}
            },
            Op::File(File::Dup { .. } | File::Dup2 { .. }) if outcome.result >= 0 => {
                self.aliased = true;
            }
            _ => {}
        }
    }

    /// Returns whether a vCPU's instruction may not be completed where it began.
    pub fn moved(&self, vcpu: usize) -> bool {
        match self.aliased {
            true => self.vcpus.iter().any(|vcpu| vcpu.moved),
            false => self.vcpus[vcpu].moved,
        }
    }

    /// Records a change that a waiting instruction may depend on.
    fn disturb(&mut self) {
        for vcpu in &mut self.vcpus {
            vcpu.moved |= vcpu.waits;
        }
    }
}
