// SPDX-License-Identifier: MIT OR Apache-2.0

//! A request in the form of `ioctl(2)`: a number and an argument.

use hiboma::kvm::*;
use hiboma::uapi::{HIBOMA_ANON_COUNT_NR, HIBOMA_GET_VERSION, HIBOMA_OPEN_FD, HIBOMAIO};
use zerocopy::{FromZeros, IntoBytes};

use super::{Change, Entry, Request};
use crate::layout::argument;
use crate::ops::ioctl::ioctl;
use crate::world::Thread;

/// The third argument of `ioctl(2)`.
pub enum Argument {
    /// A number.
    Value(u64),
    /// The address of a structure with these bytes.
    Structure(Vec<u8>),
}

use Argument::{Structure, Value};

impl Request {
    /// Returns its number and argument for this descriptor.
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

/// Returns a list with room for `nent` entries, the first of which are these.
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

/// Returns a vCPU's current structure, or zeros if the ioctl fails.
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
