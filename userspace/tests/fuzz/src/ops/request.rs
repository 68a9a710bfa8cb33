// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which ioctls there are, and their arguments.

use arbitrary::{Arbitrary, Result, Unstructured};
use hiboma::kvm::*;
use hiboma::uapi::{HIBOMA_ANON_COUNT_NR, HIBOMA_GET_VERSION, HIBOMA_OPEN_FD, HIBOMAIO};
use nix::libc;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use zerocopy::{FromZeros, IntoBytes};

use super::ioctl::ioctl;
use crate::layout::argument;
use crate::value::{Amount, Fd, Place, index, into, mostly_0, number, number_32};
use crate::world::Thread;

/// How many bytes of `struct kvm_sregs` are registers. Queued interrupts follow.
const SREGS: usize = size_of::<KvmSregs>() - 32;

/// An ioctl's number and argument. The names are KVM's.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[allow(missing_docs, reason = "the names are KVM's")]
pub enum Request {
    GetApiVersion(#[arbitrary(with = mostly_0)] u64),
    CreateVm {
        #[arbitrary(with = mostly_0)]
        kind: u64,
        #[arbitrary(with = into)]
        into: usize,
    },
    CheckExtension(#[arbitrary(with = capability)] u64),
    GetVcpuMmapSize(#[arbitrary(with = mostly_0)] u64),
    GetSupportedCpuid(#[arbitrary(with = nent)] u32),
    GetMsrIndexList(#[arbitrary(with = nent)] u32),
    CreateVcpu {
        #[arbitrary(with = id)]
        id: u64,
        #[arbitrary(with = into)]
        into: usize,
    },
    SetUserMemoryRegion {
        #[arbitrary(with = slot)]
        slot: u32,
        #[arbitrary(with = flags)]
        flags: u32,
        address: Amount,
        size: Amount,
        user: Place,
    },
    GetDirtyLog {
        #[arbitrary(with = slot)]
        slot: u32,
        bitmap: Place,
    },
    SetTssAddr(#[arbitrary(with = number)] u64),
    SetIdentityMapAddr(#[arbitrary(with = number)] u64),
    Ioeventfd {
        #[arbitrary(with = index)]
        datamatch: usize,
        #[arbitrary(with = event_address)]
        address: u64,
        #[arbitrary(with = length)]
        length: u32,
        #[arbitrary(with = |u: &mut Unstructured| Fd::mostly(Fd::Event, u))]
        event: Fd,
        #[arbitrary(with = flags)]
        flags: u32,
    },
    GetRegs,
    SetRegs {
        #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=17))]
        word: usize,
        #[arbitrary(with = number)]
        value: u64,
    },
    GetSregs,
    SetSregs {
        #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=SREGS - 1))]
        byte: usize,
        value: u8,
    },
    GetMpState,
    SetMpState(#[arbitrary(with = index)] usize),
    SetCpuid2 {
        #[arbitrary(with = nent)]
        nent: u32,
        entries: Vec<Entry>,
    },
    GetCpuid2(#[arbitrary(with = nent)] u32),
    GetVersion,
    OpenFd {
        #[arbitrary(with = into)]
        into: usize,
    },
    AnonCount,
    /// A known number, changed: another size, or another direction.
    Mistaken {
        #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&KNOWN)?))]
        number: u32,
        change: Change,
        #[arbitrary(with = number)]
        argument: u64,
    },
    /// Any number with KVM's letter.
    Any {
        number: u8,
        #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=3))]
        direction: u32,
        size: u8,
        #[arbitrary(with = number)]
        argument: u64,
    },
    /// Numbers that the VFS answers, or a terminal.
    OfAnyFile(#[arbitrary(with = of_any_file)] u32),
}

/// An entry of a CPUID list.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are KVM's")]
pub struct Entry {
    #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&[0, 1, 2, 0x8000_0000, 0x4567])?))]
    pub function: u32,
    #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=1))]
    pub index: u32,
    #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=1))]
    pub flags: u32,
    #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=3))]
    pub eax: u32,
}

/// What can be wrong with a number.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Change {
    Larger,
    Smaller,
    Direction,
    NoStructure,
}

/// The numbers that have a structure.
const KNOWN: [u32; 14] = [
    KVM_GET_MSR_INDEX_LIST,
    KVM_GET_SUPPORTED_CPUID,
    KVM_GET_DIRTY_LOG,
    KVM_SET_USER_MEMORY_REGION,
    KVM_SET_IDENTITY_MAP_ADDR,
    KVM_IOEVENTFD,
    KVM_GET_REGS,
    KVM_SET_REGS,
    KVM_GET_SREGS,
    KVM_SET_SREGS,
    KVM_SET_CPUID2,
    KVM_GET_CPUID2,
    KVM_GET_MP_STATE,
    KVM_SET_MP_STATE,
];

fn capability(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 8)? {
        true => number(u),
        false => u.int_in_range(0..=250),
    }
}

fn nent(u: &mut Unstructured) -> Result<u32> {
    match u.ratio(1, 8)? {
        true => number_32(u),
        false => Ok(*u.choose(&[0, 1, 2, 3, 100, 255, 256, 257])?),
    }
}

fn id(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 8)? {
        true => number(u),
        false => Ok(*u.choose(&[0, 0, 1, 2, 3, 1023, 1024, 4095, 4096])?),
    }
}

fn slot(u: &mut Unstructured) -> Result<u32> {
    match u.int_in_range(0..=15)? {
        0 => number_32(u),
        1 => Ok(*u.choose(&[32763, 32764, 0xffff, 0x1_0000])?),
        _ => u.int_in_range(0..=3),
    }
}

fn flags(u: &mut Unstructured) -> Result<u32> {
    match u.int_in_range(0..=15)? {
        0 => number_32(u),
        1..=4 => u.int_in_range(0..=7),
        _ => u.int_in_range(0..=1),
    }
}

fn event_address(u: &mut Unstructured) -> Result<u64> {
    match u.ratio(1, 8)? {
        true => number(u),
        false => Ok(*u.choose(&[0x10, 0x20, 0x7e, 0xf000, 0xf002, 0x4000])?),
    }
}

fn length(u: &mut Unstructured) -> Result<u32> {
    match u.ratio(1, 16)? {
        true => number_32(u),
        false => Ok(*u.choose(&[0, 1, 2, 3, 4, 8])?),
    }
}

fn of_any_file(u: &mut Unstructured) -> Result<u32> {
    const NUMBERS: [u64; 7] = [
        libc::FIOCLEX,
        libc::FIONCLEX,
        libc::FIONBIO,
        libc::FIOASYNC,
        libc::FIONREAD,
        libc::TCGETS,
        // FIGETBSZ
        2,
    ];
    Ok(*u.choose(&NUMBERS)? as u32)
}

/// The third argument of `ioctl(2)`.
pub enum Argument {
    /// A number.
    Value(u64),
    /// The address of a structure, which holds these bytes.
    Structure(Vec<u8>),
}

use Argument::{Structure, Value};

impl Request {
    /// Whose ioctl it is.
    pub fn layer(&self) -> fn(usize) -> Fd {
        use Request::*;
        match self {
            GetApiVersion(_)
            | CreateVm { .. }
            | CheckExtension(_)
            | GetVcpuMmapSize(_)
            | GetSupportedCpuid(_)
            | GetMsrIndexList(_)
            | GetVersion
            | OpenFd { .. } => Fd::Device,
            CreateVcpu { .. }
            | SetUserMemoryRegion { .. }
            | GetDirtyLog { .. }
            | SetTssAddr(_)
            | SetIdentityMapAddr(_)
            | Ioeventfd { .. }
            | AnonCount => Fd::Vm,
            _ => Fd::Vcpu,
        }
    }

    /// Where the descriptor goes that it makes.
    pub fn makes(&self) -> Option<Fd> {
        match self {
            Request::CreateVm { into, .. } | Request::OpenFd { into } => Some(Fd::Vm(*into)),
            Request::CreateVcpu { into, .. } => Some(Fd::Vcpu(*into)),
            _ => None,
        }
    }

    /// Where it writes a dirty bitmap, beside what it does with its structure.
    pub fn bitmap(&self) -> Option<Place> {
        match self {
            Request::GetDirtyLog { bitmap, .. } => Some(*bitmap),
            _ => None,
        }
    }

    /// Its number and argument, on this descriptor.
    pub fn call(&self, thread: &Thread, fd: i32) -> (u32, Argument) {
        use Request::*;
        match *self {
            GetApiVersion(argument) => (KVM_GET_API_VERSION, Value(argument)),
            CreateVm { kind, .. } => (KVM_CREATE_VM, Value(kind)),
            CheckExtension(capability) => (KVM_CHECK_EXTENSION, Value(capability)),
            GetVcpuMmapSize(argument) => (KVM_GET_VCPU_MMAP_SIZE, Value(argument)),
            GetSupportedCpuid(nent) => (KVM_GET_SUPPORTED_CPUID, list(nent, &[])),
            GetMsrIndexList(nmsrs) => {
                let list = KvmMsrList { nmsrs };
                (KVM_GET_MSR_INDEX_LIST, structure(&list))
            }
            CreateVcpu { id, .. } => (KVM_CREATE_VCPU, Value(id)),
            SetUserMemoryRegion {
                slot,
                flags,
                address,
                size,
                user,
            } => {
                let region = KvmUserspaceMemoryRegion {
                    slot,
                    flags,
                    guest_phys_addr: address.bytes(),
                    memory_size: size.bytes(),
                    userspace_addr: user.address(),
                };
                (KVM_SET_USER_MEMORY_REGION, structure(&region))
            }
            GetDirtyLog { slot, bitmap } => {
                let dirty_bitmap = bitmap.address();
                let log = KvmDirtyLog {
                    slot,
                    padding: 0,
                    dirty_bitmap,
                };
                (KVM_GET_DIRTY_LOG, structure(&log))
            }
            SetTssAddr(address) => (KVM_SET_TSS_ADDR, Value(address)),
            SetIdentityMapAddr(address) => (KVM_SET_IDENTITY_MAP_ADDR, structure(&address)),
            Ioeventfd {
                datamatch,
                address,
                length,
                event,
                flags,
            } => {
                let event = KvmIoeventfd {
                    datamatch: datamatch as u64,
                    addr: address,
                    len: length,
                    fd: thread.world.get(event),
                    flags,
                    pad: [0; 36],
                };
                (KVM_IOEVENTFD, structure(&event))
            }
            GetRegs => (KVM_GET_REGS, structure(&KvmRegs::new_zeroed())),
            SetRegs { word, value } => {
                let mut regs: KvmRegs = ask(thread, fd, KVM_GET_REGS);
                regs.as_mut_bytes()[8 * word..][..8].copy_from_slice(&value.to_le_bytes());
                (KVM_SET_REGS, structure(&regs))
            }
            GetSregs => (KVM_GET_SREGS, structure(&KvmSregs::new_zeroed())),
            SetSregs { byte, value } => {
                let mut sregs: KvmSregs = ask(thread, fd, KVM_GET_SREGS);
                sregs.as_mut_bytes()[byte] = value;
                (KVM_SET_SREGS, structure(&sregs))
            }
            GetMpState => (KVM_GET_MP_STATE, structure(&KvmMpState { mp_state: 0 })),
            SetMpState(state) => {
                let state = KvmMpState {
                    mp_state: state as u32,
                };
                (KVM_SET_MP_STATE, structure(&state))
            }
            SetCpuid2 { nent, ref entries } => (KVM_SET_CPUID2, list(nent, entries)),
            GetCpuid2(nent) => (KVM_GET_CPUID2, list(nent, &[])),
            GetVersion => (HIBOMA_GET_VERSION, Value(0)),
            OpenFd { .. } => (HIBOMA_OPEN_FD, Value(0)),
            AnonCount => (HIBOMAIO << 8 | HIBOMA_ANON_COUNT_NR, Value(0)),
            Mistaken {
                number,
                change,
                argument,
            } => (change.of(number), Value(argument)),
            Any {
                number,
                direction,
                size,
                argument,
            } => (
                direction << 30 | u32::from(size) << 16 | KVMIO << 8 | u32::from(number),
                Value(argument),
            ),
            OfAnyFile(number) => (number, Structure(vec![0; 64])),
        }
    }
}

impl Change {
    fn of(self, number: u32) -> u32 {
        match self {
            Change::Larger => number + (8 << 16),
            Change::Smaller => number ^ 1 << 16,
            Change::Direction => number ^ 3 << 30,
            Change::NoStructure => number & 0xffff,
        }
    }
}

fn structure(of: &(impl IntoBytes + zerocopy::Immutable)) -> Argument {
    Structure(of.as_bytes().to_vec())
}

/// A list for as many entries as fit, the first of which are these.
fn list(nent: u32, entries: &[Entry]) -> Argument {
    let room = 8 + nent.min(257) as usize * size_of::<KvmCpuidEntry2>();
    let mut bytes = KvmCpuid2 { nent, padding: 0 }.as_bytes().to_vec();
    for entry in entries {
        let entry = KvmCpuidEntry2 {
            function: entry.function,
            index: entry.index,
            flags: entry.flags,
            eax: entry.eax,
            ..KvmCpuidEntry2::default()
        };
        bytes.extend(entry.as_bytes());
    }
    bytes.resize(room, 0);
    Structure(bytes)
}

/// A structure that a vCPU has now; zeros where it does not say.
pub fn ask<T: FromZeros + IntoBytes + zerocopy::FromBytes>(
    thread: &Thread,
    fd: i32,
    number: u32,
) -> T {
    let mut answer = T::new_zeroed();
    let at = argument(thread.number);
    if ioctl(fd, number, at).result == 0 {
        let _ = thread.peek(at, answer.as_mut_bytes());
    }
    answer
}
