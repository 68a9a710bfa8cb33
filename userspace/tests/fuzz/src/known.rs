// SPDX-License-Identifier: MIT OR Apache-2.0

//! Outcomes that are not compared, with the reasons. All reasons are here; differences
//! between the devices are also in `comparisons/kvm/differences.toml`, by the same names.

use std::fmt;

use hiboma::kvm::*;
use nix::errno::Errno;
use zerocopy::{FromZeros, IntoBytes};

use crate::ops::run::{CR0, EXIT_REASON, RFLAGS, SREGS};
use crate::ops::{File, Memory, Op, Process, Request, Run};
use crate::outcome::Outcome;
use crate::value::{Place, Pointer};
use crate::waiting::Waiting;

/// The reason why an outcome differs or is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// In `differences.toml`, by this name.
    Listed(&'static str),
    /// In the lab only.
    Lab(&'static str),
}

use Reason::{Lab, Listed};

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listed(name) => write!(f, "{name}"),
            Lab(reason) => write!(f, "{reason}"),
        }
    }
}

/// Returns the reason if an op is never compared.
pub fn left_out(op: &Op) -> Option<Reason> {
    match op {
        Op::Ioctl(ioctl) => match ioctl.request {
            // hiboma's own.
            Request::GetVersion | Request::OpenFd { .. } | Request::AnonCount => {
                Some(Listed("ioctls"))
            }
            Request::Any { .. } => Some(Listed("ioctls")),
            Request::SetUserMemoryRegion { slot, .. } | Request::GetDirtyLog { slot, .. }
                if slot >> 16 == 1 =>
            {
                Some(Listed("system management mode"))
            }
            // The contents of `kvm_run` after the fields of an exit are undefined.
            _ if ioctl.pointer.is_run_page() => Some(Lab("kvm_run as a whole")),
            // The ops that read the result would compare it.
            Request::GetSupportedCpuid(_) | Request::GetMsrIndexList(_)
                if matches!(ioctl.pointer, Pointer::At(_)) =>
            {
                Some(Lab("another processor"))
            }
            _ => None,
        },
        Op::Memory(
            Memory::Peek(Place::Vcpu(_, 0))
            | Memory::Mmap {
                at: Place::Ram(_), ..
            }
            | Memory::Mremap {
                from: Place::Vcpu(..),
                to: Place::Ram(_),
                ..
            },
        ) => Some(Lab("kvm_run as a whole")),
        Op::Process(Process::Yield | Process::Threads) => Some(Lab("one thread")),
        _ => None,
    }
}

/// Capabilities that hiboma implements.
const CAPABILITIES: [usize; 35] = [
    KVM_CAP_COALESCED_MMIO,
    KVM_CAP_USER_NMI,
    KVM_CAP_SET_GUEST_DEBUG,
    KVM_CAP_ADJUST_CLOCK,
    KVM_CAP_VCPU_EVENTS,
    KVM_CAP_DEBUGREGS,
    KVM_CAP_X86_ROBUST_SINGLESTEP,
    KVM_CAP_XSAVE,
    KVM_CAP_XCRS,
    KVM_CAP_GET_TSC_KHZ,
    KVM_CAP_SYNC_REGS,
    KVM_CAP_EXT_EMUL_CPUID,
    KVM_CAP_GET_MSR_FEATURES,
    KVM_CAP_COALESCED_PIO,
    KVM_CAP_XSAVE2,
    KVM_CAP_USER_MEMORY2,
    KVM_CAP_USER_MEMORY,
    KVM_CAP_SET_TSS_ADDR,
    KVM_CAP_EXT_CPUID,
    KVM_CAP_NR_VCPUS,
    KVM_CAP_NR_MEMSLOTS,
    KVM_CAP_MP_STATE,
    KVM_CAP_SYNC_MMU,
    KVM_CAP_DESTROY_MEMORY_REGION_WORKS,
    KVM_CAP_JOIN_MEMORY_REGIONS_WORKS,
    KVM_CAP_IOEVENTFD,
    KVM_CAP_SET_IDENTITY_MAP_ADDR,
    KVM_CAP_INTERNAL_ERROR_DATA,
    KVM_CAP_MAX_VCPUS,
    KVM_CAP_READONLY_MEM,
    KVM_CAP_IOEVENTFD_NO_LENGTH,
    KVM_CAP_CHECK_EXTENSION_VM,
    KVM_CAP_IOEVENTFD_ANY_LENGTH,
    KVM_CAP_MAX_VCPU_ID,
    KVM_CAP_IMMEDIATE_EXIT,
];

/// The flags computed by instructions: `cargo lab differential` compares them.
const STATUS_FLAGS: u64 = 0x8d5;

/// The shortest limit of a host's physical addresses.
const SHORTEST_ADDRESSES: u64 = 1 << 36;

/// Removes from an outcome the parts that may always differ.
pub fn mask(op: &Op, outcome: &mut Outcome) {
    if let Op::Run(Run::Run { .. }) = op
        && let Some(flags) = outcome.words.get_mut(RFLAGS)
    {
        *flags &= !STATUS_FLAGS;
    }
}

/// Returns why an op's outcomes may differ although both devices are in the same state.
pub fn harmless(op: &Op, kvm: &Outcome, hiboma: &Outcome) -> Option<Reason> {
    match op {
        Op::File(File::Lseek { .. }) if hiboma.result == errno(Errno::ESPIPE) => {
            Some(Listed("seeking on the device"))
        }
        Op::Memory(Memory::Madvise { .. }) if hiboma.result == errno(Errno::EINVAL) => {
            Some(Listed("advice on a vCPU's pages"))
        }
        Op::Ioctl(ioctl) => match ioctl.request {
            Request::CheckExtension(capability) => {
                let known = CAPABILITIES.contains(&(capability as usize));
                (!known && hiboma.result == 0).then_some(Listed("capabilities"))
            }
            Request::GetDirtyLog { .. } if kvm.result == 0 && hiboma.result == 0 => {
                let both = hiboma.words.iter().zip(&kvm.words);
                let within = both.into_iter().all(|(hiboma, kvm)| hiboma & !kvm == 0);
                within.then_some(Listed("dirty pages that were only read"))
            }
            Request::GetCpuid2(_) if kvm.result == 0 && hiboma.result == 0 => {
                Some(Listed("the features of CPUID that a vCPU's state decides"))
            }
            Request::CreateVm { .. } if kvm.result == errno(Errno::EMFILE) => {
                Some(Listed("which of two errors"))
            }
            Request::GetMsrIndexList(_) => {
                let told = |it: &Outcome| it.result == 0 || it.result == errno(Errno::E2BIG);
                (told(kvm) && told(hiboma)).then_some(Listed("model-specific registers"))
            }
            Request::GetSupportedCpuid(_) if hiboma.result == 0 => {
                let short = kvm.result == errno(Errno::E2BIG);
                (short || kvm.result == 0).then_some(Lab("another processor"))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Returns why the devices may diverge here: the comparison ends at this op.
pub fn parting(op: &Op, kvm: &Outcome, hiboma: &Outcome, waiting: &Waiting) -> Option<Reason> {
    if kvm.timed_out || hiboma.timed_out {
        return Some(Lab("a guest that runs for ever"));
    }
    match op {
        Op::Run(Run::Run { vcpu, .. }) if waiting.moved(*vcpu) => {
            Some(Listed("code that changes while an instruction waits"))
        }
        Op::Run(Run::Run { .. }) => run(kvm, hiboma),
        Op::Ioctl(ioctl) => match ioctl.request {
            Request::SetUserMemoryRegion { address, .. } if hiboma.result == 0 => {
                let long = address.bytes() >= SHORTEST_ADDRESSES;
                (long || kvm.result == errno(Errno::ENOMEM)).then_some(Listed("long addresses"))
            }
            _ => None,
        },
        _ => None,
    }
}

fn run(kvm: &Outcome, hiboma: &Outcome) -> Option<Reason> {
    if [kvm, hiboma].into_iter().any(up_to_the_processor) {
        return Some(Lab("registers that no processor in real mode has"));
    }
    let word = |outcome: &Outcome, index| outcome.words.get(index).copied().unwrap_or(0);
    let reason = |outcome: &Outcome| word(outcome, EXIT_REASON) as u32;
    if word(hiboma, CR0) & 1 != 0 || word(kvm, CR0) & 1 != 0 {
        return Some(Listed("protected mode"));
    }
    if hiboma.result == 0 && reason(hiboma) == KVM_EXIT_INTERNAL_ERROR {
        let same = kvm.result == 0 && reason(kvm) == KVM_EXIT_INTERNAL_ERROR;
        return Some(Listed(match same {
            true => "the data of an internal error",
            false => "instructions",
        }));
    }
    if kvm.result == 0 && reason(kvm) == KVM_EXIT_INTERNAL_ERROR {
        return Some(Listed("a vector table or a stack in no slot"));
    }
    if kvm.result == 0 && reason(kvm) == KVM_EXIT_MMIO && hiboma.result == errno(Errno::EFAULT) {
        return Some(Listed("string instructions and memory that is gone"));
    }
    None
}

/// Returns whether a vCPU has registers of more than 32 bits, or segments other
/// than present ones of 64 KiB. QEMU's CPU truncates some, and checks no limit.
fn up_to_the_processor(outcome: &Outcome) -> bool {
    let word = |index| outcome.words.get(index).copied().unwrap_or(0);
    let long = |word| word > u64::from(u32::MAX);
    let mut bytes = outcome
        .words
        .iter()
        .skip(SREGS)
        .flat_map(|word| word.to_le_bytes());
    let mut sregs = KvmSregs::new_zeroed();
    sregs.as_mut_bytes().fill_with(|| bytes.next().unwrap_or(0));
    let bases = [
        sregs.tr.base,
        sregs.ldt.base,
        sregs.gdt.base,
        sregs.idt.base,
    ];
    let segments = [sregs.cs, sregs.ds, sregs.es, sregs.fs, sregs.gs, sregs.ss];
    long(word(RFLAGS))
        || long(word(RFLAGS - 1))
        || segments
            .iter()
            .any(|it| long(it.base) || it.limit != 0xffff || it.db != 0 || it.present == 0)
        || bases.into_iter().any(long)
        || sregs.idt.limit < 0x3ff
}

fn errno(errno: Errno) -> i64 {
    -i64::from(errno as i32)
}

/// Returns the name of a word of an outcome.
pub fn word(op: &Op, index: usize) -> String {
    match op {
        Op::Run(Run::Run { .. }) => match index {
            EXIT_REASON => "exit_reason".to_owned(),
            RFLAGS => "rflags".to_owned(),
            SREGS.. => format!("sregs, byte {}", 8 * (index - SREGS)),
            _ => format!("word {index} of exit and registers"),
        },
        Op::Ioctl(_) => format!("byte {}", 8 * index),
        _ => format!("word {index}"),
    }
}
