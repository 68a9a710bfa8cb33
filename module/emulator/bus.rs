// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Bus`]: all that the processor knows of the world.
//!
//! Counterpart: `struct x86_emulate_ops` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

// ANCHOR: bus
/// What a processor's pins lead to: memory, ports, and the vendor's answers to `cpuid`.
///
/// Memory is accessed with up to six bytes at a time, which may cross the end of a page, and the end
/// of the address space, beyond which is its beginning.
///
/// An error of any of these is a reason to stop *before* the instruction: the interpreter puts the
/// processor back to where the instruction began, and it is executed anew on the next
/// [`step`](super::Cpu::step). (Memory that it has written by then stays written, and is written
/// once more.) What can be done later, such as a write to a device's memory, returns `Ok` and is
/// remembered by the bus.
pub trait Bus {
    /// Why an instruction could not be completed.
    type Stop;

    /// Reads the bytes of an instruction, as many as there are: at least one. Returns how many.
    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Self::Stop>;

    /// Reads memory.
    fn read(&mut self, address: u32, data: &mut [u8]) -> Result<(), Self::Stop>;

    /// Writes memory.
    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Self::Stop>;

    /// Keeps everybody else from the memory until the instruction ends.
    ///
    /// Called for what is atomic on a real processor: `lock`, and `xchg` with memory.
    fn lock(&mut self);

    /// `in`: reads 1, 2 or 4 bytes from a port.
    fn input(&mut self, port: u16, data: &mut [u8]) -> Result<(), Self::Stop>;

    /// `out`: writes 1, 2 or 4 bytes to a port.
    fn output(&mut self, port: u16, data: &[u8]) -> Result<(), Self::Stop>;

    /// `ins`, one iteration of it: as [`input`](Bus::input), where up to `ahead` values of this size
    /// may be read at once, this one included: the next iterations will ask for them.
    fn input_string(&mut self, port: u16, data: &mut [u8], ahead: u32) -> Result<(), Self::Stop>;

    /// `outs`, one iteration of it: as [`output`](Bus::output), but what cannot be done at once is
    /// to be remembered, as it is for [`write`](Bus::write).
    fn output_string(&mut self, port: u16, data: &[u8]) -> Result<(), Self::Stop>;

    /// Whether something has been remembered that is to be done before the next instruction: what
    /// was written to a device or sent to a port, or values of `ins` that were read ahead.
    ///
    /// In KVM, that interrupts a repeated instruction: RIP stays there and RF is set, even if this
    /// was the last iteration, and what is left to do is to find that the count is 0. It also takes
    /// the place of the single-step trap.
    fn is_pending(&self) -> bool;

    /// `cpuid`: EAX, EBX, ECX and EDX for a leaf (EAX) and a subleaf (ECX).
    fn cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4];
}
// ANCHOR_END: bus
