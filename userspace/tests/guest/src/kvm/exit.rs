// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reason why `KVM_RUN` returned, from `struct kvm_run`.

use hiboma::kvm::{KvmRun, KvmRunDebug, KvmRunEmulationFailure, KvmRunIo, KvmRunMmio};
use kvm_bindings::{
    KVM_EXIT_DEBUG, KVM_EXIT_HLT, KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_IO, KVM_EXIT_MMIO,
    KVM_EXIT_SHUTDOWN,
};
use zerocopy::FromBytes;

/// The exit with which `KVM_RUN` returned 0.
#[allow(missing_docs, reason = "the fields are those of kvm_run")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// `KVM_EXIT_IO`, in: the guest reads `count` values of `size` bytes from a port.
    In { port: u16, size: u8, count: u32 },
    /// `KVM_EXIT_IO`, out: the guest writes these bytes to a port.
    Out { port: u16, data: Vec<u8> },
    /// `KVM_EXIT_MMIO`: the guest reads `length` bytes.
    Read { address: u64, length: u32 },
    /// `KVM_EXIT_MMIO`: the guest writes these bytes.
    Write { address: u64, data: Vec<u8> },
    /// `KVM_EXIT_HLT`.
    Halt,
    /// `KVM_EXIT_DEBUG`: an exception for the debugger, and its
    /// linear address. DR6 and DR7 are valid only for `#DB`.
    Debug {
        exception: u32,
        pc: u64,
        dr6: u64,
        dr7: u64,
    },
    /// `KVM_EXIT_SHUTDOWN`.
    Shutdown,
    /// `KVM_EXIT_INTERNAL_ERROR`, suberror emulation: the
    /// bytes of the instruction, if they could be fetched.
    EmulationFailure { bytes: Vec<u8> },
    /// `KVM_EXIT_INTERNAL_ERROR` with another suberror.
    InternalError { suberror: u32 },
    /// Any other `exit_reason`.
    Other(u32),
}

impl Exit {
    /// Returns an [`Exit::Out`].
    pub fn out(port: u16, data: &[u8]) -> Self {
        let data = data.to_vec();
        Exit::Out { port, data }
    }

    /// Returns an [`Exit::Write`].
    pub fn write(address: u64, data: &[u8]) -> Self {
        let data = data.to_vec();
        Exit::Write { address, data }
    }

    /// Reads the exit from all three pages of a vCPU's mapping.
    pub(super) fn of(mapping: &[u8]) -> Self {
        let (run, _) = KvmRun::read_from_prefix(mapping).expect("kvm_run is a page");
        match run.exit_reason {
            KVM_EXIT_IO => Self::io(&union(&run), mapping),
            KVM_EXIT_MMIO => Self::mmio(&union(&run)),
            KVM_EXIT_HLT => Exit::Halt,
            KVM_EXIT_DEBUG => Self::debug(&union(&run)),
            KVM_EXIT_SHUTDOWN => Exit::Shutdown,
            KVM_EXIT_INTERNAL_ERROR => Self::internal_error(&union(&run)),
            reason => Exit::Other(reason),
        }
    }

    fn io(io: &KvmRunIo, mapping: &[u8]) -> Self {
        let KvmRunIo {
            direction,
            size,
            port,
            count,
            data_offset,
        } = *io;
        assert_eq!(data_offset, 0x1000, "the data's page is the second");
        match direction {
            0 => Exit::In { port, size, count },
            1 => {
                let length = usize::from(size) * count as usize;
                assert_eq!(count, 1, "string output is a value at a time");
                Exit::out(port, &mapping[0x1000..][..length])
            }
            other => panic!("direction {other}"),
        }
    }

    fn mmio(mmio: &KvmRunMmio) -> Self {
        let (address, length) = (mmio.phys_addr, mmio.len);
        match mmio.is_write {
            0 => Exit::Read { address, length },
            1 => Exit::write(address, &mmio.data[..length as usize]),
            other => panic!("is_write {other}"),
        }
    }

    fn debug(debug: &KvmRunDebug) -> Self {
        let KvmRunDebug {
            exception,
            pc,
            dr6,
            dr7,
            ..
        } = *debug;
        Exit::Debug {
            exception,
            pc,
            dr6,
            dr7,
        }
    }

    fn internal_error(failure: &KvmRunEmulationFailure) -> Self {
        match (failure.suberror, failure.flags) {
            (1, 0) => Exit::EmulationFailure { bytes: Vec::new() },
            (1, 1) => {
                let bytes = &failure.insn_bytes[..failure.insn_size.into()];
                Exit::EmulationFailure {
                    bytes: bytes.to_vec(),
                }
            }
            (suberror, _) => Exit::InternalError { suberror },
        }
    }
}

/// Returns the union's member for the `exit_reason`.
fn union<T: FromBytes>(run: &KvmRun) -> T {
    T::read_from_prefix(&run.exit)
        .expect("it is smaller than the union")
        .0
}
