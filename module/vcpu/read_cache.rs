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
        let start = usize::from(self.end);
        let end = start + bytes.len();
        if let Some(free) = self.data.get_mut(start..end) {
            free.copy_from_slice(bytes);
            self.end = end as u16;
            self.pos = self.end;
        }
    }

    /// Repeats a read that was made before. Returns whether it was.
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
