// SPDX-License-Identifier: GPL-2.0

//! MMIO: accesses to memory that no slot has, which user space answers.
//!
//! Counterparts: `emulator_read_write()` and `complete_emulated_mmio()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c), `struct read_cache` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).
//!
//! An instruction that reads a device is executed until then, and from its beginning again when the
//! value is there; what it had read before comes from a cache. A write is different: the
//! instruction completes, and then `KVM_RUN` returns.

use kernel::prelude::*;

use super::{
    bus::{
        Outcome,
        VcpuBus, //
    },
    Vcpu, //
};
use crate::vm::{
    ioeventfd::{
        self,
        Space, //
    },
    memory::{
        within_page,
        Access, //
    }, //
};

/// The largest access.
const MAX_ACCESS: usize = 8;

/// What one instruction can read: `enter` copies up to 30 frame pointers.
const MAX_READS: usize = 256;

/// An access of which a part, or two where it crosses a page, is user space's to make.
#[derive(Default)]
pub(super) struct Mmio {
    data: [u8; MAX_ACCESS],
    length: usize,
    is_write: bool,
    /// The parts that are still to be made, the next one first.
    fragments: [Option<Fragment>; 2],
    /// Where the instruction is that reads.
    linear_rip: u64,
    pub(super) reads: ReadCache,
}

/// The `length` bytes of an access from `offset` on.
#[derive(Clone, Copy)]
struct Fragment {
    address: u64,
    offset: usize,
    length: usize,
}

/// How far an access is.
pub(super) enum Progress {
    /// There is none, or a write that is done.
    Idle,
    /// There is another part: `kvm_run` asks for it.
    Exit,
    /// All of a read is there. The instruction can be executed again.
    Read,
}

impl Mmio {
    /// Takes user space's answer to what it was asked, and goes on to what is next.
    pub(super) fn complete(&mut self, vcpu: &Vcpu, linear_rip: u64) -> Progress {
        let [Some(done), next] = self.fragments else {
            return Progress::Idle;
        };
        if !self.is_write {
            let answer = vcpu.run.mmio_data();
            for (to, from) in self
                .data
                .iter_mut()
                .skip(done.offset)
                .zip(answer)
                .take(done.length)
            {
                *to = from;
            }
        }
        self.fragments = [next, None];
        if next.is_some() {
            self.exit(vcpu);
            return Progress::Exit;
        }
        if self.is_write || linear_rip != self.linear_rip {
            return Progress::Idle;
        }
        self.reads.push(self.data.get(..self.length).unwrap_or(&[]));
        Progress::Read
    }

    fn begin(&mut self, is_write: bool, linear_rip: u64) {
        self.is_write = is_write;
        self.linear_rip = linear_rip;
        self.fragments = [None; 2];
    }

    fn add(&mut self, fragment: Fragment) {
        if let Some(free) = self.fragments.iter_mut().find(|it| it.is_none()) {
            *free = Some(fragment);
        }
    }

    /// Keeps what the access reads or writes. Whether any of it is user space's.
    fn keep(&mut self, data: &[u8]) -> bool {
        self.length = data.len();
        for (to, from) in self.data.iter_mut().zip(data) {
            *to = *from;
        }
        self.fragments[0].is_some()
    }

    /// Asks for the next part.
    fn exit(&self, vcpu: &Vcpu) {
        if let Some(part) = self.fragments[0] {
            let mut data = [0; 8];
            if self.is_write {
                let bytes = self.data.iter().skip(part.offset).take(part.length);
                for (to, from) in data.iter_mut().zip(bytes) {
                    *to = *from;
                }
            }
            vcpu.run
                .exit_mmio(part.address, data, part.length, self.is_write);
        }
    }
}

/// What an instruction has read, for when it is executed again.
pub(super) struct ReadCache {
    bytes: [u8; MAX_READS],
    end: usize,
    position: usize,
}

impl Default for ReadCache {
    fn default() -> Self {
        ReadCache {
            bytes: [0; MAX_READS],
            end: 0,
            position: 0,
        }
    }
}

impl ReadCache {
    /// Another instruction begins.
    pub(super) fn clear(&mut self) {
        self.end = 0;
        self.position = 0;
    }

    /// The same instruction begins again.
    pub(super) fn rewind(&mut self) {
        self.position = 0;
    }

    fn push(&mut self, data: &[u8]) {
        if let Some(free) = self.bytes.get_mut(self.end..self.end + data.len()) {
            free.copy_from_slice(data);
            self.end += data.len();
            self.position = self.end;
        }
    }

    fn take(&mut self, data: &mut [u8]) -> bool {
        let wanted = self.position..self.position + data.len();
        match self.bytes.get(wanted.clone()) {
            Some(bytes) if wanted.end <= self.end => {
                data.copy_from_slice(bytes);
                self.position = wanted.end;
                true
            }
            _ => false,
        }
    }
}

impl VcpuBus<'_> {
    /// Reads memory or a device.
    pub(super) fn read_memory(&mut self, address: u32, data: &mut [u8]) -> Result<(), Outcome> {
        if self.mmio.reads.take(data) {
            return Ok(());
        }
        self.mmio.begin(false, self.linear_rip);
        let mut rest = &mut *data;
        let (mut address, mut offset) = (address, 0);
        while !rest.is_empty() {
            let length = within_page(address.into(), rest.len());
            let (part, after) = rest.split_at_mut(length);
            if let Access::Mmio = self.with_memory(|memory| memory.read(address.into(), part))? {
                self.mmio.add(Fragment {
                    address: address.into(),
                    offset,
                    length,
                });
            }
            (address, offset) = (address.wrapping_add(length as u32), offset + length);
            rest = after;
        }
        if self.mmio.keep(data) {
            self.mmio.exit(self.vcpu);
            return Err(Outcome::Exit);
        }
        self.mmio.reads.push(data);
        Ok(())
    }

    /// Writes memory or a device. Of an instruction that writes to a device more than once, user
    /// space sees the last, as it does with KVM.
    pub(super) fn write_memory(&mut self, address: u32, data: &[u8]) -> Result<(), Outcome> {
        let mut rest = data;
        let (mut address, mut offset) = (address, 0);
        let mut fragments = [None; 2];
        while !rest.is_empty() {
            let length = within_page(address.into(), rest.len());
            let (part, after) = rest.split_at(length);
            let access = self.with_memory(|memory| memory.write(address.into(), part))?;
            if matches!(access, Access::Mmio)
                && !ioeventfd::write(&self.vcpu.vm, Space::Memory, address.into(), part)
            {
                let free = fragments
                    .iter_mut()
                    .find(|it: &&mut Option<_>| it.is_none());
                if let Some(free) = free {
                    *free = Some(Fragment {
                        address: address.into(),
                        offset,
                        length,
                    });
                }
            }
            (address, offset) = (address.wrapping_add(length as u32), offset + length);
            rest = after;
        }
        if fragments[0].is_some() {
            self.mmio.begin(true, self.linear_rip);
            self.mmio.fragments = fragments;
            self.mmio.keep(data);
            self.mmio.exit(self.vcpu);
            self.posted = true;
        }
        Ok(())
    }
}
