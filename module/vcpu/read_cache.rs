// SPDX-License-Identifier: GPL-2.0

//! [`ReadCache`]: what an instruction has read, for when it is executed again.
//!
//! Counterpart: `struct read_cache` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h).

/// What one instruction can read: `enter` copies up to 30 frame pointers.
const MAX_READS: usize = 256;

/// All that was read since the instruction began, in that order.
pub(super) struct ReadCache {
    bytes: [u8; MAX_READS],
    end: usize,
    position: usize,
}

impl ReadCache {
    pub(super) const fn new() -> Self {
        ReadCache {
            bytes: [0; MAX_READS],
            end: 0,
            position: 0,
        }
    }

    /// Another instruction begins.
    pub(super) fn clear(&mut self) {
        self.end = 0;
        self.position = 0;
    }

    /// The same instruction begins again.
    pub(super) fn rewind(&mut self) {
        self.position = 0;
    }

    /// Remembers what has been read.
    pub(super) fn push(&mut self, data: &[u8]) {
        let end = self.end + data.len();
        if let Some(free) = self.bytes.get_mut(self.end..end) {
            free.copy_from_slice(data);
            self.end = end;
            self.position = end;
        }
    }

    /// Reads again what was read before. Whether there was anything.
    pub(super) fn take(&mut self, data: &mut [u8]) -> bool {
        let end = self.position + data.len();
        match self.bytes.get(self.position..end) {
            Some(bytes) if end <= self.end => {
                data.copy_from_slice(bytes);
                self.position = end;
                true
            }
            _ => false,
        }
    }
}
