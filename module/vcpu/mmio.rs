// SPDX-License-Identifier: GPL-2.0

//! MMIO: accesses to memory that is in no slot. Userspace makes them.
//!
//! Counterparts: `emulator_read_write()` and `complete_emulated_mmio()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! An instruction that reads from a device stops there. When userspace has answered, it is executed
//! again from its beginning, and a cache has the answer and all that the instruction had read
//! before. An instruction that writes to a device completes, and then `KVM_RUN` returns.

use kernel::prelude::*;

use super::{
    bus::VcpuBus,
    read_cache::ReadCache,
    run::Next,
    State,
    Vcpu, //
};
use crate::{
    abstractions::page_fault::Wait,
    emulator::Stop,
    vm::{
        guest_memory::within_page, //
        ioeventfd::{
            self,
            KvmBus, //
        },
    }, //
};

/// An access that userspace makes.
pub(super) struct Mmio {
    is_write: bool,
    /// What userspace has yet to do: one fragment, or two for a write that crosses a page.
    pub(super) fragments: [Option<Fragment>; 2],
    /// Where the instruction is.
    linear_rip: u64,
    /// What it has read.
    pub(super) mem_read: ReadCache,
}

/// A part of an access that lies in one page: `struct kvm_mmio_fragment`.
#[derive(Clone, Copy)]
pub(super) struct Fragment {
    gpa: u64,
    data: [u8; 8],
    len: usize,
}

impl Fragment {
    fn new(gpa: u64, bytes: &[u8]) -> Self {
        let mut data = [0; 8];
        data.iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        let len = bytes.len();
        Fragment { gpa, data, len }
    }
}

impl Mmio {
    pub(super) const fn new() -> Self {
        Mmio {
            is_write: false,
            fragments: [None; 2],
            linear_rip: 0,
            mem_read: ReadCache::new(),
        }
    }

    /// Asks userspace for the next fragment. Returns whether there is one.
    fn prepare_exit(&self, vcpu: &Vcpu) -> bool {
        let next = self.fragments.iter().flatten().next();
        if let Some(&Fragment { gpa, data, len }) = next {
            vcpu.run.exit_mmio(gpa, data, len, self.is_write);
        }
        next.is_some()
    }
}

impl State {
    // ANCHOR: complete
    /// Userspace has made the access that it was asked for. Asks for the next fragment, or executes
    /// the instruction that waits for the answer.
    pub(super) fn complete_emulated_mmio(&mut self, vcpu: &Vcpu) -> Result<Next> {
        let Some(fragment) = self.mmio.fragments.iter_mut().find_map(Option::take) else {
            return Ok(Next::ReenterGuest);
        };
        if self.mmio.prepare_exit(vcpu) {
            return Ok(Next::ExitUserspace);
        }
        // If userspace has moved RIP, no instruction waits for the answer.
        if self.mmio.is_write || self.mmio.linear_rip != self.linear_rip() {
            return Ok(Next::ReenterGuest);
        }
        let answer = vcpu.run.mmio_data();
        let answer = answer.get(..fragment.len).unwrap_or_default();
        self.mmio.mem_read.append(answer);
        self.emulate_instruction(vcpu, Wait::Killable)
    }
    // ANCHOR_END: complete
}

impl VcpuBus<'_> {
    // ANCHOR: read
    /// Reads memory or a device.
    pub(super) fn emulator_read(
        &mut self,
        address: u32,
        data: &mut [u8],
    ) -> Result<(), Stop<Error>> {
        let (first, rest) = data.split_at_mut(within_page(address.into(), data.len()));
        self.read_onepage(address, first)?;
        self.read_onepage(address.wrapping_add(first.len() as u32), rest)
    }

    fn read_onepage(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Error>> {
        let gpa = address.into();
        if data.is_empty() || self.mmio.mem_read.take(data) {
            return Ok(());
        }
        let vm = &self.vcpu.vm;
        if vm.read_guest_page(gpa, data, self.wait)? {
            self.mmio.mem_read.append(data);
            if self.locked {
                self.orig = Some(Fragment::new(gpa, data));
            }
            return Ok(());
        }
        self.mmio_exit(false, [Some(Fragment::new(gpa, data)), None]);
        Err(Stop::IoNeeded)
    }
    // ANCHOR_END: read

    // ANCHOR: write
    /// Writes memory or a device. If an instruction writes to devices more than once, userspace
    /// sees the last write, as with KVM.
    pub(super) fn emulator_write(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Error>> {
        let (first, rest) = data.split_at(within_page(address.into(), data.len()));
        if !rest.is_empty() {
            // What is half written is not begun again.
            self.wait = Wait::Killable;
        }
        let fragments = [
            self.write_onepage(address, first)?,
            self.write_onepage(address.wrapping_add(first.len() as u32), rest)?,
        ];
        if fragments.iter().any(Option::is_some) {
            self.mmio_exit(true, fragments);
            self.exit_pending = true;
        }
        Ok(())
    }

    fn write_onepage(
        &mut self,
        address: u32,
        data: &[u8],
    ) -> Result<Option<Fragment>, Stop<Error>> {
        let gpa = address.into();
        let done = data.is_empty()
            || self.write_guest(gpa, data)?
            || ioeventfd::kvm_io_bus_write(&self.vcpu.vm, KvmBus::Mmio, gpa, data);
        Ok((!done).then(|| Fragment::new(gpa, data)))
    }
    // ANCHOR_END: write

    /// Writes memory. An atomic instruction writes only if what it has read is still there.
    fn write_guest(&mut self, gpa: u64, data: &[u8]) -> Result<bool, Stop<Error>> {
        let vm = &self.vcpu.vm;
        match &self.orig {
            Some(orig) if orig.gpa == gpa && orig.len == data.len() => {
                let old = orig.data.get(..orig.len).unwrap_or_default();
                match vm.cmpxchg_guest_page(gpa, old, data, self.wait)? {
                    Some(false) => Err(Stop::CmpxchgFailed),
                    exchanged => Ok(exchanged.is_some()),
                }
            }
            _ => Ok(vm.write_guest_page(gpa, data, self.wait)?),
        }
    }

    fn mmio_exit(&mut self, is_write: bool, fragments: [Option<Fragment>; 2]) {
        self.mmio.is_write = is_write;
        self.mmio.fragments = fragments;
        self.mmio.linear_rip = self.linear_rip;
        self.mmio.prepare_exit(self.vcpu);
    }
}
