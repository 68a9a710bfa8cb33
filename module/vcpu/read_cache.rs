// SPDX-License-Identifier: GPL-2.0

//! [`ReadCache`]: what an instruction has read, for when it is executed again.
//!
//! Counterpart: `struct read_cache` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h), and `read_emulated()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

/// No instruction reads more. `enter` reads most: it copies up to 30 frame pointers.
const MAX_READS: usize = 256;

/// The bytes that an instruction has read, in that order.
pub(super) struct ReadCache {
    data: [u8; MAX_READS],
    /// Where the next read is. Before `end`, it was made when the instruction was first executed.
    pos: usize,
    end: usize,
}

impl ReadCache {
    pub(super) const fn new() -> Self {
        ReadCache {
            data: [0; MAX_READS],
            pos: 0,
            end: 0,
        }
    }

    /// Another instruction begins.
    pub(super) fn clear(&mut self) {
        self.end = 0;
        self.pos = 0;
    }

    /// The same instruction begins again.
    pub(super) fn rewind(&mut self) {
        self.pos = 0;
    }

    /// Adds what was just read.
    #[inline(always)]
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let end = self.end + bytes.len();
        if let Some(free) = self.data.get_mut(self.end..end) {
            free.copy_from_slice(bytes);
            self.end = end;
            self.pos = end;
        }
    }

    /// Repeats a read that was made before. Returns whether it was.
    #[inline(always)]
    pub(super) fn take(&mut self, bytes: &mut [u8]) -> bool {
        if self.pos == self.end {
            return false;
        }
        let next = self.pos + bytes.len();
        match self.data.get(self.pos..next) {
            Some(cached) if next <= self.end => {
                bytes.copy_from_slice(cached);
                self.pos = next;
                true
            }
            _ => false,
        }
    }
}
