// SPDX-License-Identifier: GPL-2.0

//! [`ReadCache`]: what an instruction has read, in case it is executed again.
//!
//! Counterpart: `struct read_cache` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h), and `read_emulated()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

/// No instruction reads more. `enter` reads the most: it copies up to 30 frame pointers.
const MAX_READS: usize = 256;

/// The bytes that an instruction has read, in order.
pub(super) struct ReadCache {
    data: [u8; MAX_READS],
    /// The position of the next read. Below `end`, an earlier execution has made the same read.
    pos: u16,
    end: u16,
}

impl ReadCache {
    pub(super) const fn new() -> Self {
        ReadCache {
            data: [0; MAX_READS],
            pos: 0,
            end: 0,
        }
    }

    /// Empties the cache before another instruction.
    pub(super) fn clear(&mut self) {
        self.end = 0;
        self.pos = 0;
    }

    /// Returns to the first read, before the same instruction is executed again.
    pub(super) fn rewind(&mut self) {
        self.pos = 0;
    }

    /// Appends the bytes of a new read.
    #[inline(always)]
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let start = usize::from(self.end);
        let end = start + bytes.len();
        if let Some(free) = self.data.get_mut(start..end) {
            free.copy_from_slice(bytes);
            self.end = end as u16;
            self.pos = self.end;
        }
    }

    /// Repeats a cached read. Returns false if the read is a new one.
    #[inline(always)]
    pub(super) fn take(&mut self, bytes: &mut [u8]) -> bool {
        if self.pos == self.end {
            return false;
        }
        let start = usize::from(self.pos);
        let end = start + bytes.len();
        match self.data.get(start..end) {
            Some(cached) if end <= usize::from(self.end) => {
                bytes.copy_from_slice(cached);
                self.pos = end as u16;
                true
            }
            _ => false,
        }
    }
}
