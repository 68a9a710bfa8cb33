// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Bus`]: the interpreter's interface to everything outside the CPU.
//!
//! Counterpart: `struct x86_emulate_ops` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::stop::Stop;

// ANCHOR: bus
/// The interface of a vCPU to the outside: memory, I/O ports, and the results of `cpuid`.
///
/// A memory access has up to six bytes. It may cross a page boundary, and it may wrap around at the
/// end of the address space.
///
/// An error from any of these methods stops the vCPU *before* the instruction: the interpreter
/// restores the registers, and the next [`run`](super::Cpu::run) executes the instruction again.
/// (Memory that it has already written stays written, and is written once more.)
///
/// If an access can complete later, such as a write to MMIO, the method returns `Ok`, and the bus
/// remembers the access: an exit is then pending.
pub trait Bus {
    /// The errors of the bus itself.
    type Error;

    /// Returns whether [`run`](super::Cpu::run) should execute another instruction. `bus_was_used`:
    /// whether those that completed have called any method but this one and `fetch`.
    fn next_instruction(&mut self, bus_was_used: bool) -> bool;

    /// Reads the bytes of an instruction, as many as possible: at least one. Returns how many.
    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Self::Error>>;

    /// Reads memory.
    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Self::Error>>;

    /// Writes memory.
    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Self::Error>>;

    /// Marks the instruction as atomic: `lock`, or `xchg` with memory. From now on, a write must
    /// find in memory the value that the instruction read, or fail with [`Stop::CmpxchgFailed`].
    fn lock(&mut self);

    /// `in`: reads 1, 2 or 4 bytes from a port.
    fn pio_in_emulated(&mut self, port: u16, data: &mut [u8]) -> Result<(), Stop<Self::Error>>;

    /// `out`: writes 1, 2 or 4 bytes to a port.
    fn pio_out_emulated(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<Self::Error>>;

    /// `ins`: executes one iteration. It may read up to `count` values of this size at once,
    /// including this one, because the next iterations will ask for them.
    fn pio_in_string(
        &mut self,
        port: u16,
        data: &mut [u8],
        count: u32,
    ) -> Result<(), Stop<Self::Error>>;

    /// `outs`: executes one iteration. The bus remembers what it cannot complete at once.
    fn pio_out_string(&mut self, port: u16, data: &[u8]);

    /// `hlt`: the instruction completes, and the bus remembers the halt.
    fn halt(&mut self);

    /// `sti`, or a load of SS: blocks interrupts until the next instruction has completed.
    fn set_interrupt_shadow(&mut self) {}

    /// `iret`: unmasks NMIs.
    fn unmask_nmis(&mut self) {}

    /// `int3`: whether it is a breakpoint of userspace, which handles it instead of the guest.
    fn intercepts_int3(&self) -> bool {
        false
    }

    /// Whether something must happen before the next instruction: a pending exit, except that of
    /// `hlt`, or values of `ins` that were read ahead.
    ///
    /// As in KVM, this has two effects. A repeated instruction is interrupted, even in the last
    /// iteration: RIP stays, RF is set, and the next step finds that the count is 0. And no
    /// single-step trap is raised.
    fn exit_pending(&self) -> bool;

    /// `cpuid`: returns EAX, EBX, ECX and EDX for a leaf (EAX) and a subleaf (ECX).
    fn get_cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4];
}
// ANCHOR_END: bus
