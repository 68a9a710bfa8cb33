// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Exit`]: the reason why a machine returned to the program that runs it.

use std::fmt;

/// A reason in `struct kvm_run`, with all of its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// `KVM_EXIT_IO`, in: the data is what the guest gets.
    In(Port),
    /// `KVM_EXIT_IO`, out.
    Out(Port),
    /// `KVM_EXIT_MMIO`, read: the data is what the guest gets.
    MmioRead(u64, Vec<u8>),
    /// `KVM_EXIT_MMIO`, write.
    MmioWrite(u64, Vec<u8>),
    /// `KVM_EXIT_HLT`.
    Halt,
    /// `KVM_EXIT_SHUTDOWN`.
    Shutdown,
    /// `KVM_EXIT_INTERNAL_ERROR`, with its suberror.
    InternalError(u32),
    /// The program did not end.
    Endless,
    /// Any other reason, or an error of `KVM_RUN`.
    Other(String),
}

/// An exit because of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port.
    pub port: u16,
    /// The number of bytes of a value.
    pub size: u8,
    /// The values.
    pub data: Vec<u8>,
}

impl Exit {
    /// Returns the name of the reason.
    pub fn kind(&self) -> &'static str {
        match self {
            Exit::In(_) => "in",
            Exit::Out(_) => "out",
            Exit::MmioRead(..) => "MMIO read",
            Exit::MmioWrite(..) => "MMIO write",
            Exit::Halt => "hlt",
            Exit::Shutdown => "shutdown",
            Exit::InternalError(_) => "internal error",
            Exit::Endless => "endless",
            Exit::Other(_) => "other",
        }
    }

    /// Returns whether a machine cannot continue after it.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Exit::Shutdown | Exit::InternalError(_) | Exit::Endless | Exit::Other(_)
        )
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::In(port) => write!(f, "in from port {port}"),
            Exit::Out(port) => write!(f, "out to port {port}"),
            Exit::MmioRead(address, data) => write!(f, "MMIO read at {address:#x}: {data:02x?}"),
            Exit::MmioWrite(address, data) => write!(f, "MMIO write at {address:#x}: {data:02x?}"),
            Exit::Halt | Exit::Shutdown | Exit::Endless => f.write_str(self.kind()),
            Exit::InternalError(suberror) => write!(f, "internal error, suberror {suberror}"),
            Exit::Other(what) => f.write_str(what),
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Port { port, size, data } = self;
        let count = data.len() / usize::from(*size).max(1);
        let first = &data[..data.len().min(16)];
        let rest = if data.len() > 16 { " and so on" } else { "" };
        write!(f, "{port:#x}: {count} of {size} bytes, {first:02x?}{rest}")
    }
}
