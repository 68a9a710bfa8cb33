// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Bus`]: all that the interpreter knows of the world.
//!
//! Counterpart: `struct x86_emulate_ops` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

use super::stop::Stop;

// ANCHOR: bus
/// What a vCPU's pins lead to: memory, ports, and the vendor's answers to `cpuid`.
///
/// An access to memory has up to six bytes. It may cross the end of a page, and the end of the
/// address space, which continues at its beginning.
///
/// An error of any of these stops *before* the instruction: the interpreter restores the registers
/// to where the instruction began, and the next [`run`](super::Cpu::run) executes it again.
/// (Memory that it has already written stays written, and is written once more.)
///
/// What can be done later, such as a write to a device's memory, returns `Ok`, and the bus
/// remembers it: then an exit is pending.
pub trait Bus {
    /// Why the bus itself can fail.
    type Error;

    /// Whether [`run`](super::Cpu::run) is to execute the next instruction; and whether those that have
    /// completed did anything but this and `fetch`.
    fn next_instruction(&mut self, bus_was_used: bool) -> bool;

    /// Reads the bytes of an instruction, as many as there are: at least one. Returns how many.
    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Self::Error>>;

    /// Reads memory.
    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Self::Error>>;

    /// Writes memory.
    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Self::Error>>;

    /// The instruction is atomic: `lock`, or `xchg` with memory. From here on a write must find in
    /// memory what the instruction has read there, or fail with [`Stop::CmpxchgFailed`].
    fn lock(&mut self);

    /// `in`: reads 1, 2 or 4 bytes from a port.
    fn pio_in_emulated(&mut self, port: u16, data: &mut [u8]) -> Result<(), Stop<Self::Error>>;

    /// `out`: writes 1, 2 or 4 bytes to a port.
    fn pio_out_emulated(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<Self::Error>>;

    /// `ins`, one iteration of it. Up to `count` values of this size may be read at once, this one
    /// included: the next iterations will ask for them.
    fn pio_in_string(
        &mut self,
        port: u16,
        data: &mut [u8],
        count: u32,
    ) -> Result<(), Stop<Self::Error>>;

    /// `outs`, one iteration of it. What cannot be done at once is remembered.
    fn pio_out_string(&mut self, port: u16, data: &[u8]);

    /// `hlt`. The instruction completes, and the bus remembers it.
    fn halt(&mut self);

    /// `sti`, or a load of SS: no interrupt comes before the next instruction has completed.
    fn set_interrupt_shadow(&mut self) {}

    /// `iret`: NMIs may come again.
    fn unmask_nmis(&mut self) {}

    /// `int3`: whether userspace has put it there and wants to see it, instead of the guest.
    fn intercepts_int3(&self) -> bool {
        false
    }

    /// Whether the bus remembers something that comes before the next instruction: an exit, but not
    /// that of `hlt`, or values of `ins` that were read ahead.
    ///
    /// As in KVM, that has two effects. It interrupts a repeated instruction, even in the last
    /// iteration: RIP stays, RF is set, and the next step finds that the count is 0. And there is
    /// no single-step trap.
    fn exit_pending(&self) -> bool;

    /// `cpuid`: EAX, EBX, ECX and EDX for a leaf (EAX) and a subleaf (ECX).
    fn get_cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4];
}
// ANCHOR_END: bus
