// SPDX-License-Identifier: MIT OR Apache-2.0

//! The ioctls. Their random arguments are in `choice.rs`; `call.rs` turns them into calls.

mod call;
mod choice;

use arbitrary::{Arbitrary, Unstructured};
use hiboma::kvm::*;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::value::{Amount, Fd, Place, index, into, mostly_0, number};

use choice::{capability, event_address, flags, id, length, nent, of_any_file, slot};

pub use call::{Argument, ask};

/// The number of bytes of `struct kvm_sregs` before the pending interrupts.
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
    /// A known number with another size or another direction.
    Mistaken {
        #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&KNOWN)?))]
        number: u32,
        change: Change,
        #[arbitrary(with = number)]
        argument: u64,
    },
    /// Any number of KVM's ioctl type.
    Any {
        number: u8,
        #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=3))]
        direction: u32,
        size: u8,
        #[arbitrary(with = number)]
        argument: u64,
    },
    /// Numbers that the VFS or a terminal handles.
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

/// A change of a number.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Change {
    Larger,
    Smaller,
    Direction,
    NoStructure,
}

/// The numbers with a structure.
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

impl Request {
    /// Returns the kind of descriptor that it is for.
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

    /// Returns the entry for the descriptor that it creates.
    pub fn makes(&self) -> Option<Fd> {
        match self {
            Request::CreateVm { into, .. } | Request::OpenFd { into } => Some(Fd::Vm(*into)),
            Request::CreateVcpu { into, .. } => Some(Fd::Vcpu(*into)),
            _ => None,
        }
    }

    /// Returns where it writes a dirty bitmap, besides its structure.
    pub fn bitmap(&self) -> Option<Place> {
        match self {
            Request::GetDirtyLog { bitmap, .. } => Some(*bitmap),
            _ => None,
        }
    }
}
