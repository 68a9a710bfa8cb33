// SPDX-License-Identifier: MIT OR Apache-2.0

//! Memory that an open file shares with the program.

use std::os::fd::RawFd;

use memmap2::{MmapOptions, MmapRaw};
use nix::errno::Errno;

/// A mapping. It holds a reference to the file, and outlives the descriptor.
pub struct Mapping(MmapRaw);

impl Mapping {
    /// Maps a file from its beginning, shared, readable and writable.
    pub fn new(fd: RawFd, length: usize) -> nix::Result<Self> {
        let mapping = MmapOptions::new().len(length).map_raw(fd);
        mapping
            .map(Mapping)
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    }

    /// Returns the byte at an offset, if that is mapped. If
    /// the file has no page there, SIGBUS ends the program.
    pub fn read(&self, offset: usize) -> Option<u8> {
        let address = self.address(offset)?;
        // SAFETY: The address is mapped. Volatile, since other users of the file may write there.
        Some(unsafe { address.read_volatile() })
    }

    /// Writes the byte at an offset.
    pub fn write(&self, offset: usize, byte: u8) -> Option<()> {
        let address = self.address(offset)?;
        // SAFETY: As in `read`; and no value of this program is in the mapping.
        unsafe { address.write_volatile(byte) };
        Some(())
    }

    fn address(&self, offset: usize) -> Option<*mut u8> {
        (offset < self.0.len()).then(|| self.0.as_mut_ptr().wrapping_add(offset))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;

    use super::Mapping;

    #[test]
    fn what_is_written_can_be_read_after_the_file_was_closed() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(0x1000).unwrap();
        let mapping = Mapping::new(file.as_raw_fd(), 0x1000).unwrap();
        drop(file);

        assert_eq!(mapping.read(0xfff), Some(0));
        assert_eq!(mapping.write(0xfff, 5), Some(()));
        assert_eq!(mapping.read(0xfff), Some(5));
        assert_eq!(mapping.read(0x1000), None);
        assert_eq!(mapping.write(0x1000, 5), None);
    }

    #[test]
    fn a_file_that_cannot_be_mapped_says_why() {
        let read_only = File::open("/proc/self/exe").unwrap();
        let result = Mapping::new(read_only.as_raw_fd(), 0x1000);
        assert_eq!(result.err(), Some(Errno::EACCES));
    }
}
