// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_RUN` and its setup: code, registers, and the fields of `kvm_run` that userspace writes.

use std::mem::offset_of;
use std::ptr::null_mut;

use arbitrary::{Arbitrary, Unstructured};
use hiboma::kvm::{
    KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_IO, KVM_EXIT_MMIO, KVM_GET_REGS, KVM_GET_SREGS, KVM_RUN,
    KVM_SET_REGS, KVM_SET_SREGS, KvmRegs, KvmRun, KvmRunIo, KvmRunMmio, KvmSregs,
};
use nix::errno::Errno;
use nix::libc;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use zerocopy::{FromBytes, IntoBytes};

use super::ioctl::ioctl;
use super::request::ask;
use crate::code::Code;
use crate::layout::{CODE, PAGE, RAM, argument, vcpu_page};
use crate::outcome::{Outcome, words};
use crate::value::{Fd, index, mostly_0, number};
use crate::world::Thread;

/// A step of a VMM's run loop.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Run {
    /// `KVM_RUN`, with an argument that should be 0.
    Run {
        #[arbitrary(with = index)]
        vcpu: usize,
        #[arbitrary(with = mostly_0)]
        argument: u64,
    },
    /// Writes code at a guest address below 64 KiB, and sets the registers to run it.
    Start {
        #[arbitrary(with = index)]
        vcpu: usize,
        code: Code,
        #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=7))]
        page: u64,
    },
    /// Writes a field of `kvm_run`.
    Field {
        #[arbitrary(with = index)]
        vcpu: usize,
        field: Field,
        #[arbitrary(with = number)]
        value: u64,
    },
}

/// A field of `kvm_run` that userspace may write, or should not.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are KVM's")]
pub enum Field {
    RequestInterruptWindow,
    ImmediateExit,
    NoImmediateExit,
    ExitReason,
    Cr8,
    ApicBase,
    Exit,
    MmioData,
    ValidRegs,
    DirtyRegs,
    PortData,
    Ring,
}

/// The words of [`Run::Run`]'s outcome: `exit_reason`, the exit, `kvm_regs`, `kvm_sregs`.
pub const EXIT_REASON: usize = 0;
/// The words of the exit.
pub const EXIT: usize = 1;
const EXIT_WORDS: usize = 3;
/// The words of the registers.
pub const REGS: usize = EXIT + EXIT_WORDS;
/// It follows RIP.
pub const RFLAGS: usize = REGS + 17;
/// The words of the special registers.
pub const SREGS: usize = RFLAGS + 1;
/// The word of CR0.
pub const CR0: usize = SREGS + offset_of!(KvmSregs, cr0) / 8;

impl Run {
    /// Executes the op.
    pub fn execute(&self, thread: &Thread) -> Outcome {
        match *self {
            Run::Run { vcpu, argument } => run(thread, vcpu, argument),
            Run::Start { vcpu, code, page } => start(thread, vcpu, code, page),
            Run::Field { vcpu, field, value } => {
                let (offset, size) = field.place();
                let address = vcpu_page(vcpu, 0) + offset as u64;
                let bytes = &field.value(value).to_le_bytes()[..size];
                result(thread.poke(address, bytes))
            }
        }
    }
}

impl Field {
    /// Returns its offset in the mapping, and its size.
    fn place(self) -> (usize, usize) {
        match self {
            Field::RequestInterruptWindow => (offset_of!(KvmRun, request_interrupt_window), 1),
            Field::ImmediateExit | Field::NoImmediateExit => {
                (offset_of!(KvmRun, immediate_exit), 1)
            }
            Field::ExitReason => (offset_of!(KvmRun, exit_reason), 4),
            Field::Cr8 => (offset_of!(KvmRun, cr8), 8),
            Field::ApicBase => (offset_of!(KvmRun, apic_base), 8),
            Field::Exit => (offset_of!(KvmRun, exit), 8),
            Field::MmioData => (offset_of!(KvmRun, exit) + 8, 8),
            Field::ValidRegs => (offset_of!(KvmRun, kvm_valid_regs), 8),
            Field::DirtyRegs => (offset_of!(KvmRun, kvm_dirty_regs), 8),
            Field::PortData => (PAGE as usize, 8),
            Field::Ring => (2 * PAGE as usize, 8),
        }
    }

    fn value(self, value: u64) -> u64 {
        match self {
            Field::ImmediateExit => 1,
            Field::NoImmediateExit => 0,
            _ => value,
        }
    }
}

fn run(thread: &Thread, vcpu: usize, value: u64) -> Outcome {
    let fd = thread.world.get(Fd::Vcpu(vcpu));
    let (mut outcome, timed_out) = thread.limited(|| ioctl(fd, KVM_RUN, value));
    outcome.timed_out = timed_out;
    if !thread.compared || fd < 0 {
        return outcome;
    }
    let exit = exit(fd, outcome.result);
    let regs: KvmRegs = ask(thread, fd, KVM_GET_REGS);
    let sregs: KvmSregs = ask(thread, fd, KVM_GET_SREGS);
    let words = words(&exit)
        .chain(words(regs.as_bytes()))
        .chain(words(sregs.as_bytes()));
    outcome.words = words.collect();
    outcome
}

/// Returns `exit_reason` and the fields of the exit.
fn exit(fd: i32, result: i64) -> [u8; 8 * (1 + EXIT_WORDS)] {
    let mut exit = [0; 8 * (1 + EXIT_WORDS)];
    let Some(page) = RunPage::of(fd) else {
        return exit;
    };
    let reason = page.read(offset_of!(KvmRun, exit_reason), 4);
    let reason = u32::from_le_bytes(reason.try_into().expect("four bytes"));
    exit[..4].copy_from_slice(&reason.to_le_bytes());
    let size = match reason {
        _ if result != 0 => 0,
        KVM_EXIT_IO => size_of::<KvmRunIo>(),
        KVM_EXIT_MMIO => size_of::<KvmRunMmio>(),
        KVM_EXIT_INTERNAL_ERROR => 4,
        _ => 0,
    };
    exit[8..][..size].copy_from_slice(&page.read(offset_of!(KvmRun, exit), size));
    if size == size_of::<KvmRunMmio>() {
        let (mmio, _) = KvmRunMmio::mut_from_prefix(&mut exit[8..]).expect("there is room");
        mmio.padding = [0; 3];
        let seen = if mmio.is_write == 0 {
            0
        } else {
            mmio.len as usize
        };
        mmio.data.iter_mut().skip(seen).for_each(|byte| *byte = 0);
    }
    exit
}

/// A mapping of `kvm_run` while it is read: the program's own may be gone.
struct RunPage(*mut libc::c_void);

impl RunPage {
    fn of(fd: i32) -> Option<RunPage> {
        let (size, shared) = (PAGE as usize, libc::MAP_SHARED);
        // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
        let page = unsafe { libc::mmap(null_mut(), size, libc::PROT_READ, shared, fd, 0) };
        (page != libc::MAP_FAILED).then_some(RunPage(page))
    }

    fn read(&self, offset: usize, size: usize) -> Vec<u8> {
        let mut bytes = vec![0; size];
        // SAFETY: Both are in the page, and no reference to it exists.
        unsafe {
            bytes
                .as_mut_ptr()
                .copy_from(self.0.cast::<u8>().add(offset), size)
        };
        bytes
    }
}

impl Drop for RunPage {
    fn drop(&mut self) {
        // SAFETY: This owns the mapping.
        unsafe { libc::munmap(self.0, PAGE as usize) };
    }
}

fn start(thread: &Thread, vcpu: usize, code: Code, page: u64) -> Outcome {
    let start = page * PAGE + CODE;
    if let Err(error) = thread.poke(RAM + start, code.bytes()) {
        return result(Err(error));
    }
    let fd = thread.world.get(Fd::Vcpu(vcpu));
    let at = argument(thread.number);
    let mut sregs: KvmSregs = ask(thread, fd, KVM_GET_SREGS);
    (sregs.cs.base, sregs.cs.selector) = (0, 0);
    put(at, sregs.as_bytes());
    let outcome = ioctl(fd, KVM_SET_SREGS, at);
    if outcome.result != 0 {
        return outcome;
    }
    let regs = KvmRegs {
        rip: start,
        rsp: 0x3000,
        rflags: 2,
        ..KvmRegs::default()
    };
    put(at, regs.as_bytes());
    ioctl(fd, KVM_SET_REGS, at)
}

/// Writes the thread's arguments.
fn put(at: u64, bytes: &[u8]) {
    // SAFETY: They are mapped, and no reference to them exists.
    unsafe { (at as *mut u8).copy_from(bytes.as_ptr(), bytes.len()) };
}

/// Returns the outcome of an op without a result.
fn result(result: Result<(), Errno>) -> Outcome {
    Outcome {
        result: result.map_or_else(|errno| -i64::from(errno as i32), |()| 0),
        ..Outcome::default()
    }
}
