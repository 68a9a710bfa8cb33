// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Stop`]: why an instruction did not complete.
//!
//! Counterpart: the `X86EMUL_*` of
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h). `X86EMUL_CONTINUE` is `Ok`.

use super::exceptions::Exception;

// ANCHOR: stop
/// Why an instruction did not complete. Unless stated otherwise, the registers are those before the
/// instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<E> {
    /// The guest gets an exception (`X86EMUL_PROPAGATE_FAULT`): see
    /// [`inject_exception`](super::Cpu::inject_exception). [`Exception::Debug`] is a trap, and the
    /// registers are those after the instruction.
    Exception(Exception),
    /// The interpreter does not implement the instruction, or there is no memory at its address
    /// (`X86EMUL_UNHANDLEABLE`).
    Unhandleable,
    /// Another thread has changed the memory that a locked instruction read
    /// (`X86EMUL_CMPXCHG_FAILED`). Execute it again.
    CmpxchgFailed,
    /// The instruction is an `int3` that userspace handles.
    Breakpoint,
    /// Userspace must answer before the instruction can complete (`X86EMUL_IO_NEEDED`).
    IoNeeded,
    /// The handler of a double fault could not be called: a triple fault.
    Shutdown,
    /// The bus failed.
    Error(E),
}
// ANCHOR_END: stop

impl<E> From<Exception> for Stop<E> {
    fn from(exception: Exception) -> Self {
        Stop::Exception(exception)
    }
}
