// SPDX-License-Identifier: GPL-2.0

//! MMIO: accesses to memory that no slot has, which user space makes.
//!
//! Counterparts: `emulator_read_write()` and `complete_emulated_mmio()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! An instruction that reads a device is executed up to there, and from its beginning again when
//! the value has come; what it had read before comes from a cache. A write is different: the
//! instruction completes, and then `KVM_RUN` returns.

use kernel::prelude::*;

use super::{
    bus::{
        Outcome,
        VcpuBus, //
    },
    read_cache::ReadCache,
    Vcpu, //
};
use crate::vm::{
    ioeventfd::{
        self,
        Space, //
    },
    memory_slots::{
        within_page,
        Access, //
    }, //
};

/// The largest access.
const MAX_ACCESS: usize = 8;

/// An access of which a part, or two where it crosses a page, is user space's to make.
pub(super) struct Mmio {
    is_write: bool,
    data: [u8; MAX_ACCESS],
    length: usize,
    /// The parts that are still to be made, the next one first.
    parts: [Option<Part>; 2],
    /// Where the instruction is.
    linear_rip: u64,
    /// What it has read.
    pub(super) reads: ReadCache,
}

/// The `length` bytes of an access from `offset` on, which lie in one page.
#[derive(Clone, Copy)]
struct Part {
    address: u32,
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
    pub(super) const fn new() -> Self {
        Mmio {
            is_write: false,
            data: [0; MAX_ACCESS],
            length: 0,
            parts: [None; 2],
            linear_rip: 0,
            reads: ReadCache::new(),
        }
    }

    // ANCHOR: complete
    /// Takes user space's answer to what it was asked, and goes on to what is next.
    pub(super) fn complete(&mut self, vcpu: &Vcpu, linear_rip: u64) -> Progress {
        let [Some(done), next] = self.parts else {
            return Progress::Idle;
        };
        if !self.is_write {
            let answer = vcpu.run.mmio_data();
            copy(
                self.data.iter_mut().skip(done.offset).take(done.length),
                &answer,
            );
        }
        self.parts = [next, None];
        if next.is_some() {
            self.exit(vcpu);
            return Progress::Exit;
        }
        // User space may have sent the guest elsewhere.
        if self.is_write || linear_rip != self.linear_rip {
            return Progress::Idle;
        }
        self.reads
            .push(self.data.get(..self.length).unwrap_or_default());
        Progress::Read
    }
    // ANCHOR_END: complete

    /// Asks user space for the next part.
    fn exit(&self, vcpu: &Vcpu) {
        if let [Some(part), _] = self.parts {
            let mut data = [0; MAX_ACCESS];
            if self.is_write {
                let written = self.data.get(part.offset..).unwrap_or_default();
                copy(data.iter_mut().take(part.length), written);
            }
            vcpu.run
                .exit_mmio(part.address.into(), data, part.length, self.is_write);
        }
    }
}

/// Copies as many bytes as both have.
fn copy<'a>(to: impl Iterator<Item = &'a mut u8>, from: &[u8]) {
    to.zip(from).for_each(|(to, from)| *to = *from);
}

/// The parts of an access: one, or two where it crosses a page.
fn parts(address: u32, length: usize) -> impl Iterator<Item = Part> {
    let first = within_page(address.into(), length);
    let parts = [
        Part {
            address,
            offset: 0,
            length: first,
        },
        Part {
            address: address.wrapping_add(first as u32),
            offset: first,
            length: length - first,
        },
    ];
    parts.into_iter().filter(|part| part.length != 0)
}

impl VcpuBus<'_> {
    // ANCHOR: read
    /// Reads memory or a device.
    pub(super) fn read_memory(&mut self, address: u32, data: &mut [u8]) -> Result<(), Outcome> {
        if self.mmio.reads.take(data) {
            return Ok(());
        }
        let mut missing = [None; 2];
        for part in parts(address, data.len()) {
            let bytes = data
                .get_mut(part.offset..part.offset + part.length)
                .ok_or(EIO)?;
            match self.with_memory(|memory| memory.read(part.address.into(), bytes))? {
                Access::Done => {}
                Access::Mmio => push(&mut missing, part),
            }
        }
        if missing[0].is_none() {
            self.mmio.reads.push(data);
            return Ok(());
        }
        self.ask_memory(false, data, missing);
        Err(Outcome::Exit)
    }
    // ANCHOR_END: read

    // ANCHOR: write
    /// Writes memory or a device. Of an instruction that writes to devices more than once, user
    /// space sees the last, as it does with KVM.
    pub(super) fn write_memory(&mut self, address: u32, data: &[u8]) -> Result<(), Outcome> {
        let mut missing = [None; 2];
        for part in parts(address, data.len()) {
            let bytes = data
                .get(part.offset..part.offset + part.length)
                .ok_or(EIO)?;
            let access = self.with_memory(|memory| memory.write(part.address.into(), bytes))?;
            if matches!(access, Access::Mmio)
                && !ioeventfd::write(&self.vcpu.vm, Space::Memory, part.address.into(), bytes)
            {
                push(&mut missing, part);
            }
        }
        if missing[0].is_some() {
            self.ask_memory(true, data, missing);
            self.posted = true;
        }
        Ok(())
    }
    // ANCHOR_END: write

    fn ask_memory(&mut self, is_write: bool, data: &[u8], parts: [Option<Part>; 2]) {
        self.mmio.is_write = is_write;
        copy(self.mmio.data.iter_mut(), data);
        self.mmio.length = data.len();
        self.mmio.parts = parts;
        self.mmio.linear_rip = self.linear_rip;
        self.mmio.exit(self.vcpu);
    }
}

fn push(parts: &mut [Option<Part>; 2], part: Part) {
    if let Some(free) = parts.iter_mut().find(|it| it.is_none()) {
        *free = Some(part);
    }
}
