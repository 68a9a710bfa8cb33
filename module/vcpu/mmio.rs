// SPDX-License-Identifier: GPL-2.0

//! MMIO: accesses to addresses that are in no slot. Userspace performs them.
//!
//! Counterparts: `emulator_read_write()` and `complete_emulated_mmio()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! An instruction that reads from a device stops there. After userspace has answered, it is
//! executed again from its beginning: a cache supplies the answer and all that it has read
//! before. An instruction that writes to a device completes, and then `KVM_RUN` returns.

use core::mem::{
    self,
    offset_of, //
};
use kernel::prelude::*;

use super::{
    bus::{
        Pending,
        VcpuBus, //
    },
    read_cache::ReadCache,
    run::Next,
    run_page::RunPage,
    State,
    Vcpu, //
};
use crate::{
    abstractions::page_fault::Wait,
    emulator::Stop,
    uapi::kvm::{
        KvmRun,
        KvmRunMmio,
        KVM_EXIT_MMIO, //
    },
    vm::{
        guest_memory::within_page, //
        io_bus::{
            kvm_io_bus_write,
            KvmBus, //
        },
    }, //
};

/// An access that userspace performs.
pub(super) struct Mmio {
    is_write: bool,
    /// What userspace has still to access: one fragment, or two if a write crosses a page.
    pub(super) fragments: [Option<Fragment>; 2],
    /// What the instruction has read.
    pub(super) mem_read: ReadCache,
}

/// A part of an access that lies in one page: `struct kvm_mmio_fragment`.
#[derive(Clone, Copy)]
pub(crate) struct Fragment {
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
            mem_read: ReadCache::new(),
        }
    }

    /// Reports the next fragment to userspace. Returns whether there is one.
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
    /// Continues after userspace has performed the access: reports the next fragment, or executes
    /// the instruction that waits for the answer.
    pub(super) fn complete_emulated_mmio(&mut self, vcpu: &Vcpu) -> Result<Next> {
        let Some(fragment) = self.io.mmio.fragments.iter_mut().find_map(Option::take) else {
            return Ok(Next::ReenterGuest);
        };
        if self.io.mmio.prepare_exit(vcpu) {
            return Ok(Next::ExitUserspace);
        }
        // If userspace has moved RIP, no instruction waits for the answer.
        if self.io.mmio.is_write || self.io.linear_rip != self.linear_rip() {
            return Ok(Next::ReenterGuest);
        }
        let answer = vcpu.run.mmio_data();
        let answer = answer.get(..fragment.len).unwrap_or_default();
        self.io.mmio.mem_read.append(answer);
        let event = self.events.waiting.take();
        self.emulate_instruction(vcpu, event, Wait::Killable)
    }
    // ANCHOR_END: complete
}

impl RunPage {
    /// Reports a read of `len` bytes, or a write of `data`. The rest of the page does not change:
    /// if userspace does not answer a read, the guest gets the old contents of `data`.
    pub(super) fn exit_mmio(&self, phys_addr: u64, data: [u8; 8], len: usize, is_write: bool) {
        const EXIT: usize = offset_of!(KvmRun, exit);

        let run = self.0.map();
        run.write(offset_of!(KvmRun, exit_reason), KVM_EXIT_MMIO);
        run.write(EXIT + offset_of!(KvmRunMmio, phys_addr), phys_addr);
        run.write(EXIT + offset_of!(KvmRunMmio, len), len as u32);
        run.write(EXIT + offset_of!(KvmRunMmio, is_write), u8::from(is_write));
        if is_write {
            let data = data.get(..len).unwrap_or_default();
            run.write_slice(EXIT + offset_of!(KvmRunMmio, data), data);
        }
    }

    /// Returns userspace's answer to a read.
    pub(super) fn mmio_data(&self) -> [u8; 8] {
        self.0
            .map()
            .read(offset_of!(KvmRun, exit) + offset_of!(KvmRunMmio, data))
    }
}

impl VcpuBus<'_> {
    // ANCHOR: read
    /// Reads memory or a device.
    #[inline(always)]
    pub(super) fn emulator_read(
        &mut self,
        address: u32,
        data: &mut [u8],
    ) -> Result<(), Stop<Error>> {
        match within_page(address.into(), data.len()) {
            in_page if in_page < data.len() => self.read_twopages(address, data, in_page),
            _ => self.read_onepage(address.into(), data),
        }
    }

    #[cold]
    fn read_twopages(
        &mut self,
        address: u32,
        data: &mut [u8],
        in_page: usize,
    ) -> Result<(), Stop<Error>> {
        let (first, rest) = data.split_at_mut(in_page);
        self.read_onepage(address.into(), first)?;
        self.read_onepage(address.wrapping_add(in_page as u32).into(), rest)
    }

    #[inline(always)]
    pub(crate) fn read_onepage(&mut self, gpa: u64, data: &mut [u8]) -> Result<(), Stop<Error>> {
        let (vm, io) = (&self.vcpu.vm, &mut *self.io);
        if io.mmio.mem_read.take(data) {
            return Ok(());
        }
        if !vm.read_guest_page(&mut io.slots.data, gpa, data, io.wait)? {
            self.mmio_exit(false, [Some(Fragment::new(gpa, data)), None]);
            return Err(Stop::IoNeeded);
        }
        io.mmio.mem_read.append(data);
        if io.locked {
            io.orig = Some(Fragment::new(gpa, data));
        }
        Ok(())
    }
    // ANCHOR_END: read

    // ANCHOR: write
    /// Writes memory or a device. If an instruction writes to devices more than once, userspace
    /// sees only the last write, as in KVM.
    #[inline(always)]
    pub(super) fn emulator_write(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Error>> {
        let fragments = match within_page(address.into(), data.len()) {
            in_page if in_page < data.len() => self.write_twopages(address, data, in_page)?,
            _ => [self.write_onepage(address.into(), data)?, None],
        };
        self.write_to_userspace(fragments);
        Ok(())
    }

    /// Leaves the rest of a write, if there is any, to userspace.
    #[inline(always)]
    pub(crate) fn write_to_userspace(&mut self, fragments: [Option<Fragment>; 2]) {
        if !matches!(fragments, [None, None]) {
            self.mmio_exit(true, fragments);
            self.io.pending = Pending::Exit;
        }
    }

    #[cold]
    fn write_twopages(
        &mut self,
        address: u32,
        data: &[u8],
        in_page: usize,
    ) -> Result<[Option<Fragment>; 2], Stop<Error>> {
        // Another vCPU may have seen the first part, so only a fatal signal may end this. `begin` resets `wait`.
        let wait = mem::replace(&mut self.io.wait, Wait::Killable);
        let (first, rest) = data.split_at(in_page);
        let fragments = [
            self.write_onepage(address.into(), first)?,
            self.write_onepage(address.wrapping_add(in_page as u32).into(), rest)?,
        ];
        self.io.wait = wait;
        Ok(fragments)
    }

    #[inline(always)]
    pub(crate) fn write_onepage(
        &mut self,
        gpa: u64,
        data: &[u8],
    ) -> Result<Option<Fragment>, Stop<Error>> {
        let done = self.write_guest(gpa, data)?
            || kvm_io_bus_write(&self.vcpu.vm, KvmBus::Mmio, gpa, data);
        Ok((!done).then(|| Fragment::new(gpa, data)))
    }
    // ANCHOR_END: write

    /// Writes memory. An atomic instruction writes only if memory still holds what it has read.
    #[inline(always)]
    fn write_guest(&mut self, gpa: u64, data: &[u8]) -> Result<bool, Stop<Error>> {
        let vm = &self.vcpu.vm;
        match &self.io.orig {
            Some(orig) if self.io.locked && orig.gpa == gpa && orig.len == data.len() => {
                let old = orig.data.get(..orig.len).unwrap_or_default();
                match vm.cmpxchg_guest_page(&mut self.io.slots, gpa, old, data, self.io.wait)? {
                    Some(false) => Err(Stop::CmpxchgFailed),
                    exchanged => Ok(exchanged.is_some()),
                }
            }
            _ => Ok(vm.write_guest_page(&mut self.io.slots, gpa, data, self.io.wait)?),
        }
    }

    #[cold]
    fn mmio_exit(&mut self, is_write: bool, fragments: [Option<Fragment>; 2]) {
        self.io.mmio.is_write = is_write;
        self.io.mmio.fragments = fragments;
        self.io.mmio.prepare_exit(self.vcpu);
    }
}
